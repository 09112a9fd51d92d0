package org.thalweg.tensor;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;
import org.thalweg.failure.WorkFailure;

/**
 * Brings libtorch into the process: out of its jars into a directory of the user the first time, from there later.
 * What the libraries read from the environment when they are loaded is set before, unless the user has set it.
 */
final class NativeLibraries {
    private static final String CACHE = "org.bytedeco.javacpp.cachedir";
    private static final String WHAT_TO_SET = "set THALWEG_JAVA_OPTIONS=-D" + CACHE + "=DIR to ";
    /** What libtorch, OpenBLAS and MKL take unpacked. */
    private static final long MEBIBYTES = 800;

    private NativeLibraries() {}

    /**
     * Loads them.
     *
     * @throws WorkFailure when they cannot be unpacked
     * @throws LinkageError when they do not run here
     */
    static void load() {
        // A waiting thread of a pool otherwise spins, for up to 0.2 s, on a core that another pool or program wants.
        setUnlessSet("OMP_WAIT_POLICY", "passive");
        // libtorch reads this one when it first allocates.
        setUnlessSet("THP_MEM_ALLOC_ENABLE", "1");
        // What CUDA's matrix products take to give the same result twice, which is insisted on.
        setUnlessSet("CUBLAS_WORKSPACE_CONFIG", ":4096:8");
        requireHome();
        try {
            Loader.load(torch.class);
        } catch (LinkageError refused) {
            throw whyNotUnpacked().map(sentence -> failure(sentence, refused)).orElseThrow(() -> refused);
        }
    }

    private static WorkFailure failure(String sentence, LinkageError refused) {
        return new WorkFailure(sentence, refused);
    }

    /** Users without an entry in the system's list have no home; a directory named "?" is not made for them. */
    private static void requireHome() {
        if (System.getProperty(CACHE) == null && !new File(System.getProperty("user.home", "?")).isAbsolute()) {
            System.setProperty(CACHE, own(Path.of(System.getProperty("java.io.tmpdir"))).toString());
        }
    }

    /**
     * A directory for libraries in one that all users may write, for this user alone.
     *
     * @throws WorkFailure when another user has made it, who could put other code there
     */
    static Path own(Path shared) {
        Path place = shared.resolve("thalweg-libraries");
        try {
            boolean hasOwners = Files.getFileStore(shared).supportsFileAttributeView("posix");
            if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                FileAttribute<?>[] alone = hasOwners ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                } : new FileAttribute<?>[0];
                Files.createDirectory(place, alone);
            }
            if (hasOwners && !isOwn(place, shared)) {
                throw new WorkFailure(place + " may be written by other users, so no native libraries are loaded from "
                        + "there; " + WHAT_TO_SET + "a directory of your own.");
            }
            return place;
        } catch (IOException refused) {
            throw new WorkFailure("the native libraries need a directory to be unpacked into, and " + place
                    + " cannot be made; " + WHAT_TO_SET + "one that can be written.", refused);
        }
    }

    private static boolean isOwn(Path place, Path shared) throws IOException {
        Path made = Files.createTempFile(shared, "thalweg", ".tmp");
        try {
            PosixFileAttributes found = Files.readAttributes(
                    place, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return found.isDirectory()
                    && found.owner().equals(Files.getOwner(made))
                    && !found.permissions().contains(PosixFilePermission.GROUP_WRITE)
                    && !found.permissions().contains(PosixFilePermission.OTHERS_WRITE);
        } finally {
            Files.delete(made);
        }
    }

    private static Optional<String> whyNotUnpacked() {
        try {
            return whyNotUnpacked(Loader.getCacheDir().toPath());
        } catch (IOException none) {
            return Optional.of("the native libraries need a directory to be unpacked into and neither the home "
                    + "directory nor the temporary one can be written; " + WHAT_TO_SET + "one that can.");
        }
    }

    /** What is wrong with a directory as the place of the libraries; nothing when they fit and may be written. */
    static Optional<String> whyNotUnpacked(Path cache) throws IOException {
        // The question whether it may be written is answered by doing so: on some file systems permissions do not tell.
        try {
            Files.delete(Files.createTempFile(cache, "thalweg", ".tmp"));
        } catch (IOException refused) {
            return Optional.of("the native libraries are unpacked into " + cache + ", which cannot be written; "
                    + WHAT_TO_SET + "a directory that can.");
        }
        long free = Files.getFileStore(cache).getUsableSpace() >> 20;
        return free >= MEBIBYTES ? Optional.empty() : Optional.of("the native libraries could not be loaded from "
                + cache + ", where they take up to " + MEBIBYTES + " MiB unpacked and " + free
                + " MiB are free; free some, or " + WHAT_TO_SET + "a directory with more.");
    }

    /** Sets a variable of this process's environment, as native code sees it. */
    private static void setUnlessSet(String name, String value) {
        SymbolLookup libc = Linker.nativeLinker().defaultLookup();
        // Windows has no setenv, and its OpenMP does not spin for long.
        libc.find("setenv").ifPresent(function -> {
            try (Arena arena = Arena.ofConfined()) {
                int _ = (int) Linker.nativeLinker()
                        .downcallHandle(function, FunctionDescriptor.of(ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
                        .invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 0);
            } catch (Throwable impossible) {
                throw new IllegalStateException("setenv takes two strings and an int", impossible);
            }
        });
    }
}
