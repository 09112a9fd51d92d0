package org.thalweg.storage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.thalweg.failure.WorkFailure;

/** A program that takes its time to write a directory, or fails at the end of it. */
final class HalfWritten {
    private HalfWritten() {}

    public static void main(String[] arguments) {
        DurableDirectory.replace(Path.of(arguments[0]), part -> {
            Files.writeString(part.resolve("first"), "half");
            long end = System.nanoTime() + Long.parseLong(arguments[1]) * 1_000_000;
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(1_000_000);
            }
            if (arguments[2].equals("fail")) {
                throw new WorkFailure("no.");
            }
            Files.writeString(part.resolve("second"), "whole");
        });
    }
}
