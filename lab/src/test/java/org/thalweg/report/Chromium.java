package org.thalweg.report;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A browser without a window, to look at a page the way a reader's browser would. */
record Chromium(Path program) {
    /** What to do where there is none. */
    static final String ADVICE = "no Chromium found: install one (Debian: apt-get install chromium), or name it in"
            + " THALWEG_CHROMIUM";

    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final long SECONDS = 90;
    private static final Pattern COMPLAINT = Pattern.compile(".*CONSOLE.*|.*Uncaught.*");
    private static final Pattern PATH = Pattern.compile("<path [^>]*?\\bd=\"([^\"]*)\"[^>]*>");

    /** The page after its scripts ran, and what the browser had to say about it. */
    record Visit(String dom, List<String> complaints) {
        /** How many drawn paths in a part of the page have at least so many corners: curves, not ticks or arrows. */
        long curves(String chartId, int corners) {
            int from = dom.indexOf("id=\"" + chartId + "\"");
            if (from < 0) {
                return 0;
            }
            int to = dom.indexOf("</svg>", from);
            Matcher paths = PATH.matcher(dom.substring(from, to < 0 ? dom.length() : to));
            return paths.results().filter(path -> path.group(1).split("[ML]").length - 1 >= corners).count();
        }
    }

    static Optional<Chromium> find() {
        Stream<Path> named = Optional.ofNullable(System.getenv("THALWEG_CHROMIUM")).stream().map(Path::of);
        Stream<Path> onPath = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)));
        return Stream.concat(named, onPath).filter(Files::isExecutable).findFirst().map(Chromium::new);
    }

    Visit visit(Path page, Path scratch) throws IOException, InterruptedException {
        Path dom = Files.createTempFile(scratch, "page", ".dom");
        Path log = Files.createTempFile(scratch, "page", ".log");
        Path profile = Files.createTempDirectory(scratch, "profile");
        List<String> command = List.of(program.toString(), "--headless", "--no-sandbox",
                "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1400,2400",
                "--user-data-dir=" + profile, "--virtual-time-budget=4000",
                "--enable-logging=stderr", "--dump-dom", page.toUri().toString());
        Process browser = new ProcessBuilder(command).redirectOutput(dom.toFile()).redirectError(log.toFile()).start();
        if (!browser.waitFor(SECONDS, TimeUnit.SECONDS)) {
            browser.descendants().forEach(ProcessHandle::destroyForcibly);
            browser.destroyForcibly().waitFor();
            throw new IOException(
                    "the browser did not finish within " + SECONDS + " seconds: " + Files.readString(log));
        }
        sweep(profile);
        List<String> complaints =
                Files.readAllLines(log).stream().filter(line -> COMPLAINT.matcher(line).matches()).toList();
        return new Visit(Files.readString(dom), complaints);
    }

    /** The browser's other processes end a little after it and may write into the profile meanwhile. */
    private static void sweep(Path profile) throws InterruptedException {
        for (int attempt = 0; attempt < 50 && Files.exists(profile); attempt++) {
            try (Stream<Path> files = Files.walk(profile)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException stillWritten) {
                Thread.sleep(100);
            }
        }
    }
}
