package org.thalweg.spark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.util.SerializableConfiguration;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableDirectory;
import org.thalweg.storage.DurableFile;
import org.thalweg.study.ArtifactStore;

/**
 * A directory of a Hadoop file system, with the directories of an {@link ArtifactStore} in it. libtorch and the readers
 * of checkpoints need files of the operating system, so a task works on copies in a temporary directory of its own.
 *
 * @param root the directory
 * @param configuration of Hadoop, as the driver has it
 */
record SharedFileSystem(URI root, SerializableConfiguration configuration) implements Share {
    /** An action that the file system may refuse. */
    @FunctionalInterface
    private interface Action<T> {
        T on(FileSystem files, org.apache.hadoop.fs.Path place) throws IOException;
    }

    @Override
    public ArtifactStore open() {
        try {
            return new ArtifactStore(Files.createTempDirectory("thalweg-step-"));
        } catch (IOException refused) {
            throw DurableFile.failure(Path.of(System.getProperty("java.io.tmpdir")), refused);
        }
    }

    @Override
    public void close(ArtifactStore store) {
        DurableDirectory.deleteRecursively(store.root());
    }

    @Override
    public void fetch(ArtifactStore.Address address, ArtifactStore into) {
        Path local = into.directory(address);
        if (Files.exists(local) || !has(address)) {
            return;
        }
        attempt("read", address, (files, place) -> {
            // Not while the local directory is half-written, whose failures are told of another place.
            List<FileStatus> found = filesBelow(files, place);
            DurableDirectory.write(local, part -> {
                for (FileStatus file : found) {
                    Path copy = part.resolve(relative(files, place, file));
                    Files.createDirectories(copy.getParent());
                    files.copyToLocalFile(false, file.getPath(), hadoop(copy), true);
                }
            });
            return true;
        });
    }

    @Override
    public void publish(ArtifactStore.Address address, ArtifactStore from) {
        Path local = from.directory(address);
        attempt("write", address, (files, place) -> {
            for (FileStatus left : files.globStatus(place.getParent().suffix("/." + place.getName() + ".*.part"))) {
                files.delete(left.getPath(), true);
            }
            org.apache.hadoop.fs.Path part =
                    place.getParent().suffix("/." + place.getName() + "." + UUID.randomUUID() + ".part");
            files.mkdirs(part);
            try (Stream<Path> all = Files.walk(local)) {
                for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                    String name = local.relativize(file).toString().replace('\\', '/');
                    files.copyFromLocalFile(false, true, hadoop(file), new org.apache.hadoop.fs.Path(part, name));
                }
            }
            files.delete(place, true);
            if (!files.rename(part, place)) {
                throw new IOException("renaming " + part + " failed");
            }
            return true;
        });
    }

    @Override
    public boolean has(ArtifactStore.Address address) {
        return attempt("read", address, FileSystem::exists);
    }

    @Override
    public void discard(ArtifactStore.Address address) {
        attempt("delete", address, (files, place) -> files.delete(place, true));
    }

    private <T> T attempt(String what, ArtifactStore.Address address, Action<T> action) {
        org.apache.hadoop.fs.Path place = place(address);
        try {
            return action.on(place.getFileSystem(configuration.value()), place);
        } catch (IOException refused) {
            throw new WorkFailure("cannot " + what + " " + place + ": " + refused.getMessage()
                    + "; check --artifacts and the rights there, and run again.", refused);
        }
    }

    /** The place that {@link ArtifactStore#directory} gives an address, below this root. */
    private org.apache.hadoop.fs.Path place(ArtifactStore.Address address) {
        Path top = Path.of("").toAbsolutePath();
        String below = top.relativize(new ArtifactStore(top).directory(address)).toString().replace('\\', '/');
        return new org.apache.hadoop.fs.Path(new org.apache.hadoop.fs.Path(root), below);
    }

    private static org.apache.hadoop.fs.Path hadoop(Path local) {
        return new org.apache.hadoop.fs.Path(local.toUri());
    }

    private static List<FileStatus> filesBelow(FileSystem files, org.apache.hadoop.fs.Path place) throws IOException {
        Stream.Builder<FileStatus> found = Stream.builder();
        RemoteIterator<LocatedFileStatus> all = files.listFiles(place, true);
        while (all.hasNext()) {
            found.add(all.next());
        }
        return found.build().toList();
    }

    private static String relative(FileSystem files, org.apache.hadoop.fs.Path place, FileStatus file) {
        return files.makeQualified(place).toUri().relativize(file.getPath().toUri()).getPath();
    }
}
