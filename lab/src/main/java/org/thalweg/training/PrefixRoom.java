package org.thalweg.training;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a training may keep what the stages in front of its first trained one make of the examples.
 *
 * @param memory bytes of memory
 * @param file for what is larger, if anywhere; it takes no name on systems that let an open file be deleted, so that a
 *     killed training leaves nothing behind
 */
public record PrefixRoom(long memory, Optional<Path> file) {
    private static final Path MEMORY_OF_LINUX = Path.of("/proc/meminfo");
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+([0-9]{1,15}) kB$");

    /** Refuses a number below 0. */
    public PrefixRoom {
        if (memory < 0) {
            throw new IllegalArgumentException("there are no " + memory + " bytes of memory");
        }
    }

    /**
     * A gibibyte of memory and no file.
     *
     * @return the room of a training that nobody gives another
     */
    public static PrefixRoom usual() {
        return new PrefixRoom(1L << 30, Optional.empty());
    }

    /**
     * Half of the memory that is free on this machine now, as far as it is known: on Linux what could be had without
     * swapping, and never more than half of what a container may have.
     *
     * @return bytes
     */
    public static long halfOfFreeMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? Math.min(available().orElse(system.getFreeMemorySize()), system.getTotalMemorySize()) / 2
                : usual().memory;
    }

    private static Optional<Long> available() {
        try {
            Matcher line = AVAILABLE.matcher(Files.readString(MEMORY_OF_LINUX));
            return line.find() ? Optional.of(1024 * Long.parseLong(line.group(1))) : Optional.empty();
        } catch (IOException notLinux) {
            return Optional.empty();
        }
    }
}
