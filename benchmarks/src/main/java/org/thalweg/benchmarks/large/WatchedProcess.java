package org.thalweg.benchmarks.large;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a command and looks every 20 milliseconds at what Linux says of its process: the peak of its resident set, pages
 * of mapped files included, page faults and processor time. The process that is started must become the command itself,
 * as the launcher does.
 */
final class WatchedProcess {
    private static final int EVERY_MILLISECONDS = 20;
    private static final double TICKS_PER_SECOND = 100;

    private final long pid;
    private long peak;
    private long anonymous;
    private long mapped;
    private long minorFaults;
    private long majorFaults;
    private double processorSeconds;

    private WatchedProcess(long pid) {
        this.pid = pid;
    }

    /**
     * How a command ended.
     *
     * @param exitCode 0 when it was well; -1 when it took too long and was ended
     * @param seconds wall clock
     * @param processorSeconds of all its threads
     * @param peak largest resident set in bytes
     * @param anonymous largest resident memory that is no file's
     * @param mapped largest resident part of files
     * @param minorFaults page faults without reading
     * @param majorFaults page faults with reading
     * @param out what it printed
     * @param lastError last line of its standard error, empty when there is none
     */
    record Run(
            int exitCode, double seconds, double processorSeconds, long peak, long anonymous, long mapped,
            long minorFaults, long majorFaults, String out, String lastError) {}

    /**
     * Runs a command to its end.
     *
     * @param command program and arguments
     * @param directory where its output may be kept for a while
     * @param mostSeconds after which it is ended
     * @return how it went
     * @throws IOException when it cannot be started or its output not be read
     * @throws InterruptedException when this thread is interrupted; the process is ended then
     */
    static Run run(List<String> command, Path directory, long mostSeconds) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path errors = Files.createTempFile(directory, "err", ".txt");
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile()).redirectError(errors.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start();
        WatchedProcess watched = new WatchedProcess(process.pid());
        boolean late = false;
        try {
            while (!process.waitFor(EVERY_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                watched.look();
                if (!late && System.nanoTime() - start > mostSeconds * 1_000_000_000L) {
                    late = true;
                    process.destroyForcibly();
                }
            }
        } finally {
            process.destroyForcibly();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        String printed = Files.readString(out);
        List<String> complaints = Files.readString(errors).lines().filter(line -> !line.isBlank()).toList();
        Files.delete(out);
        Files.delete(errors);
        return new Run(late ? -1 : process.exitValue(), seconds, watched.processorSeconds, watched.peak,
                watched.anonymous, watched.mapped, watched.minorFaults, watched.majorFaults, printed,
                complaints.isEmpty() ? "" : complaints.getLast());
    }

    private void look() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith("VmHWM:")) {
                    peak = Math.max(peak, bytes(line));
                } else if (line.startsWith("RssAnon:")) {
                    anonymous = Math.max(anonymous, bytes(line));
                } else if (line.startsWith("RssFile:")) {
                    mapped = Math.max(mapped, bytes(line));
                }
            }
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            // Fields from the third on; the second may hold spaces, but ends with the last bracket.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            minorFaults = Long.parseLong(fields[7]);
            majorFaults = Long.parseLong(fields[9]);
            processorSeconds = (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
        } catch (IOException gone) {
            // It has just ended; what was seen last stands.
            assert peak >= 0;
        }
    }

    private static long bytes(String line) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
}
