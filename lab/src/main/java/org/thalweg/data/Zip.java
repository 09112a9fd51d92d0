package org.thalweg.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.thalweg.storage.InputFile;

/**
 * Reads a zip archive into memory, writing nothing to disk.
 *
 * @param file the archive
 * @param limits how far it may unfold
 */
record Zip(Path file, TarLimits limits) {
    /**
     * Reads every wanted file.
     *
     * @param wanted tells by its path which file to keep
     * @return the kept files, with {@code /} between names
     * @throws org.thalweg.failure.WorkFailure when the archive is damaged, unfolds too far or names a place outside
     *     itself
     */
    ArchiveTree read(Predicate<String> wanted) {
        InputFile.requireRegular(file);
        SortedMap<String, byte[]> files = new TreeMap<>();
        SortedSet<String> directories = new TreeSet<>();
        long kept = 0;
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.size() > limits.entries()) {
                throw Refusal.of(file.toString(), "at most " + limits.entries() + " entries",
                        Integer.toString(zip.size()), "unpack it and pass the directory");
            }
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements();) {
                ZipEntry entry = entries.nextElement();
                String path = checkedPath(entry);
                if (entry.isDirectory()) {
                    directories.add(path);
                } else if (wanted.test(path)) {
                    byte[] content = content(zip, entry, limits.keptBytes() - kept);
                    kept += content.length;
                    files.put(path, content);
                }
            }
        } catch (IOException | IllegalArgumentException damaged) {
            throw Refusal.unreadable(file.toString(), new IOException(damaged.getMessage(), damaged));
        }
        return new ArchiveTree(file.toString(), files, directories).unwrapped();
    }

    private byte[] content(ZipFile zip, ZipEntry entry, long most) throws IOException {
        int limit = (int) Math.min(Math.min(limits.entryBytes(), most), Integer.MAX_VALUE - 64);
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] content = in.readNBytes(limit + 1);
            if (content.length > limit) {
                throw Refusal.of(file.toString(), "files of at most " + limits.entryBytes() + " bytes, and of "
                        + limits.keptBytes() + " bytes in all", "more", "unpack it and pass the directory");
            }
            return content;
        }
    }

    private String checkedPath(ZipEntry entry) {
        String name = entry.getName().replace('\\', '/');
        if (name.startsWith("/") || Arrays.asList(name.split("/")).contains("..")) {
            throw Refusal.of(file.toString(), "only entries inside the archive", "an entry '" + entry.getName() + "'",
                    "do not trust this archive");
        }
        String path = name.replaceAll("/+", "/").replaceAll("^(\\./)+", "");
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
