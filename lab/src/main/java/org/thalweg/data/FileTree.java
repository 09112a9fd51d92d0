package org.thalweg.data;

import java.util.SortedSet;

/** Files by their path below a root, the same whether packed or not. Paths have {@code /} between names. */
sealed interface FileTree permits ArchiveTree, DirectoryTree {
    /** What to call the tree in messages. */
    String origin();

    /** The paths of all files, in the order of their characters: the same on every machine. */
    SortedSet<String> files();

    /** The paths of all directories. */
    SortedSet<String> directories();

    /**
     * Reads one file; safe to call from several threads.
     *
     * @param path one of {@link #files}
     * @return its content
     * @throws org.thalweg.failure.WorkFailure when it cannot be read
     */
    byte[] read(String path);

    /**
     * The length of one file, without reading it.
     *
     * @param path one of {@link #files}
     * @return bytes
     * @throws org.thalweg.failure.WorkFailure when it is gone
     */
    long length(String path);

    /** What to call one file in messages. */
    default String nameOf(String path) {
        return origin() + "/" + path;
    }
}
