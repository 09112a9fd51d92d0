package org.thalweg.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;

/**
 * What killed processes left beside the places they wrote: {@code .NAME.PID.part} is half-written,
 * {@code .NAME.PID.old} a directory that was moved aside, whole, to be replaced, and {@code .NAME.PID.lock} a file that
 * the process held locked while it wrote. The operating system gives a lock up when its holder dies, so the lock tells
 * who lives, also where a number is used again or the processes are in containers of their own. Without a lock the
 * number does, with the time at which its process began.
 */
public final class Leftovers {
    private static final Pattern NAME = Pattern.compile("\\.(.+)\\.(\\d{1,18})\\.(part|old|lock)");
    /** Systems tell the start of a process to the second or so. */
    private static final Duration CLOCK = Duration.ofSeconds(2);

    /**
     * Who left it.
     *
     * @param parent the directory in which it stands
     * @param name of the place that was written
     * @param process that wrote
     */
    record Owner(Path parent, String name, long process) {
        static Owner ofThisProcess(Path place) {
            Path target = place.toAbsolutePath().normalize();
            return new Owner(target.getParent(), String.valueOf(target.getFileName()), ProcessHandle.current().pid());
        }

        Path path(String kind) {
            return parent.resolve("." + name + "." + process + "." + kind);
        }

        Path place() {
            return parent.resolve(name);
        }
    }

    private Leftovers() {}

    /**
     * Deletes what dead processes left half-written in a directory, and puts back a directory whose replacement was
     * interrupted. Things of living processes are left alone; so is a directory moved aside whose place something else
     * has taken meanwhile.
     *
     * @param parent the directory to clean; nothing happens when it is not there or may not be read
     * @return for people: a sentence for each directory that was put back, or that stands aside and cannot be
     * @throws WorkFailure when the disk refuses
     */
    public static List<String> clear(Path parent) {
        List<String> told = new ArrayList<>();
        try {
            for (Map.Entry<Owner, Set<String>> left : found(parent).entrySet()) {
                clear(left.getKey(), left.getValue()).ifPresent(told::add);
            }
        } catch (IOException refused) {
            throw new WorkFailure("cannot clean up " + parent + ": " + refused.getMessage() + ".", refused);
        }
        return told;
    }

    private static Map<Owner, Set<String>> found(Path parent) throws IOException {
        Map<Owner, Set<String>> found = new LinkedHashMap<>();
        if (!Files.isDirectory(parent) || !Files.isReadable(parent)) {
            return found;
        }
        try (Stream<Path> entries = Files.list(parent)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                Matcher name = NAME.matcher(entry.getFileName().toString());
                if (name.matches()) {
                    found.computeIfAbsent(new Owner(parent, name.group(1), Long.parseLong(name.group(2))),
                            first -> new TreeSet<>()).add(name.group(3));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException goneMeanwhile) {
            return found;
        }
        return found;
    }

    private static Optional<String> clear(Owner owner, Set<String> kinds) throws IOException {
        Path lock = owner.path("lock");
        boolean isOwn = owner.process() == ProcessHandle.current().pid();
        // A lock of this process must not be opened: closing any channel on a file gives up its locks.
        if (isOwn || !kinds.contains("lock")) {
            return isAlive(owner, kinds) ? Optional.empty() : settled(owner, kinds);
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock taken = channel.tryLock()) {
            return taken == null ? Optional.empty() : settled(owner, kinds);
        } catch (OverlappingFileLockException anotherThreadClears) {
            return Optional.empty();
        } catch (NoSuchFileException goneMeanwhile) {
            return Optional.empty();
        }
    }

    /**
     * Does so for what an earlier process of this one's number left of one place; this process must not be writing it.
     *
     * @param place what is to be written
     * @throws IOException when the disk refuses
     */
    static void clearOwn(Path place) throws IOException {
        Owner owner = Owner.ofThisProcess(place);
        settled(owner, Set.of("part", "old"));
    }

    private static Optional<String> settled(Owner owner, Set<String> kinds) throws IOException {
        Path part = owner.path("part");
        Path old = owner.path("old");
        Optional<String> told = Optional.empty();
        if (kinds.contains("old") && Files.isDirectory(old, LinkOption.NOFOLLOW_LINKS)) {
            boolean isFree = !Files.exists(owner.place(), LinkOption.NOFOLLOW_LINKS);
            if (!isFree && Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
                // The new one never stood, so what stands there is somebody else's and this the only copy.
                return Optional.of(old + " is a directory that a killed run had moved aside, and something else stands "
                        + "in its place; rename it or delete it.");
            }
            if (isFree) {
                DurableFile.rename(old, owner.place());
                told = Optional.of("put back " + owner.place() + ", which a killed run had moved aside.");
            } else {
                discard(old, part);
            }
        }
        if (kinds.contains("part")) {
            DurableDirectory.deleteRecursively(part);
        }
        if (kinds.contains("lock")) {
            Files.deleteIfExists(owner.path("lock"));
        }
        return told;
    }

    /** Deletes what was moved aside; first under the name of what is half-written, so that no torn one is put back. */
    static void discard(Path old, Path part) throws IOException {
        DurableFile.rename(old, part);
        DurableDirectory.deleteRecursively(part);
    }

    private static boolean isAlive(Owner owner, Set<String> kinds) throws IOException {
        Optional<ProcessHandle> process = ProcessHandle.of(owner.process()).filter(ProcessHandle::isAlive);
        Optional<Instant> began = process.flatMap(alive -> alive.info().startInstant());
        if (began.isEmpty()) {
            return process.isPresent();
        }
        for (String kind : kinds) {
            Optional<Instant> changed = changed(owner.path(kind));
            if (changed.isPresent() && !began.get().isAfter(changed.get().plus(CLOCK))) {
                return true;
            }
        }
        return false;
    }

    /** When an entry was made, renamed or filled last, as far as the system tells. */
    private static Optional<Instant> changed(Path path) throws IOException {
        try {
            Object time = path.getFileSystem().supportedFileAttributeViews().contains("unix")
                    ? Files.getAttribute(path, "unix:ctime", LinkOption.NOFOLLOW_LINKS)
                    : Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(((FileTime) time).toInstant());
        } catch (NoSuchFileException goneMeanwhile) {
            return Optional.empty();
        }
    }
}
