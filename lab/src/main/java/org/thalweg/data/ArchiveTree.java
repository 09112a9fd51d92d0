package org.thalweg.data;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Files unpacked into memory.
 *
 * @param origin the archive
 * @param contents content by path; taken over and not copied
 * @param directories the directories the archive names
 */
record ArchiveTree(String origin, SortedMap<String, byte[]> contents, SortedSet<String> directories)
        implements FileTree {
    @Override
    public SortedSet<String> files() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(contents.keySet()));
    }

    @Override
    public byte[] read(String path) {
        return contents.get(path);
    }

    @Override
    public long length(String path) {
        return contents.get(path).length;
    }

    /** The same tree without the one directory everything stands in, if there is one and it is no split. */
    ArchiveTree unwrapped() {
        SortedSet<String> tops = Stream.concat(contents.keySet().stream(), directories.stream())
                .map(path -> path.contains("/") ? path.substring(0, path.indexOf('/')) : path)
                .collect(Collectors.toCollection(TreeSet::new));
        if (tops.size() != 1 || contents.containsKey(tops.first()) || FolderSplit.NAMES.contains(tops.first())) {
            return this;
        }
        String prefix = tops.first() + "/";
        SortedMap<String, byte[]> inner = new TreeMap<>();
        contents.forEach((path, content) -> inner.put(path.substring(prefix.length()), content));
        SortedSet<String> innerDirectories = directories.stream().filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length())).collect(Collectors.toCollection(TreeSet::new));
        return new ArchiveTree(origin + "/" + tops.first(), inner, innerDirectories);
    }
}
