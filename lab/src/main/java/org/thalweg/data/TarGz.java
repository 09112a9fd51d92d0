package org.thalweg.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/**
 * Reads a gzip-packed tar archive into memory, in one pass, writing nothing to disk.
 *
 * @param file the archive
 * @param limits how far it may unfold
 */
record TarGz(Path file, TarLimits limits) {
    /** Whether a file is a packed archive by its name. */
    static boolean named(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".tar.gz") || name.endsWith(".tgz");
    }

    /**
     * Reads every wanted file.
     *
     * @param wanted tells by its path which file to keep
     * @return the kept files and all directories, with {@code /} between names and without a leading {@code ./}
     * @throws WorkFailure when the archive is damaged, unfolds too far, names a place outside itself, or holds links or
     *     devices
     */
    ArchiveTree read(Predicate<String> wanted) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        SortedSet<String> directories = new TreeSet<>();
        long kept = 0;
        int entries = 0;
        try (TarArchiveInputStream tar = open()) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (++entries > limits.entries()) {
                    throw tooLarge("at most " + limits.entries() + " entries", "more");
                }
                String path = checkedPath(entry);
                if (entry.isDirectory()) {
                    directories.add(path);
                } else if (wanted.test(path)) {
                    byte[] content = content(tar, entry, path);
                    kept += content.length;
                    if (kept > limits.keptBytes()) {
                        throw tooLarge("at most " + limits.keptBytes() + " bytes of data, as Java's memory allows",
                                "more");
                    }
                    files.put(path, content);
                }
            }
        } catch (MeteredInput.LimitReached reached) {
            throw tooLarge("at most " + limits.unpackedBytes() + " bytes when unpacked", "more");
        } catch (IOException | IllegalArgumentException damaged) {
            throw Refusal.unreadable(file.toString(), new IOException(damaged.getMessage(), damaged));
        }
        return new ArchiveTree(file.toString(), files, directories).unwrapped();
    }

    private TarArchiveInputStream open() throws IOException {
        InputStream raw = InputFile.stream(file);
        try {
            InputStream unpacked = new GZIPInputStream(raw, 1 << 16);
            return new TarArchiveInputStream(
                    new BufferedInputStream(new MeteredInput(unpacked, limits.unpackedBytes()), 1 << 16));
        } catch (IOException damaged) {
            raw.close();
            throw damaged;
        }
    }

    private String checkedPath(TarArchiveEntry entry) {
        String name = entry.getName().replace('\\', '/');
        if (name.startsWith("/") || Arrays.asList(name.split("/")).contains("..")) {
            throw Refusal.of(file.toString(), "only entries inside the archive", "an entry '" + entry.getName() + "'",
                    "do not trust this archive");
        }
        boolean ordinary = entry.isFile() && !entry.isSparse() && !entry.isLink() && !entry.isSymbolicLink();
        if (!entry.isDirectory() && !ordinary) {
            throw Refusal.of(file.toString(), "only files and directories", "'" + entry.getName()
                    + "', a link, device or sparse file", "pack the files themselves");
        }
        String path = name.replaceAll("/+", "/").replaceAll("^(\\./)+", "");
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private byte[] content(TarArchiveInputStream tar, TarArchiveEntry entry, String path) throws IOException {
        if (entry.getSize() > limits.entryBytes()) {
            throw tooLarge("at most " + limits.entryBytes() + " bytes in one file", entry.getSize() + " in " + path);
        }
        byte[] content = tar.readNBytes((int) entry.getSize());
        if (content.length < entry.getSize()) {
            throw new IOException("the archive ends within " + path);
        }
        return content;
    }

    private WorkFailure tooLarge(String expected, String found) {
        return Refusal.of(file.toString(), expected, found,
                "if you trust it, unpack it and pass the directory");
    }
}
