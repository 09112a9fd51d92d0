package org.thalweg.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.thalweg.tensor.Engine;

/**
 * Verifies a model against itself and prints how many threads that used, and how native code sees idle threads wait.
 */
final class ThreadsOfWork {
    private ThreadsOfWork() {}

    public static void main(String[] arguments) throws Throwable {
        Engine.useThreadsForModel(Long.MAX_VALUE);
        System.err.println("for a large model: " + Engine.threadsPerOperation());
        Thalweg.run(new String[] {"verify", arguments[0], arguments[0]}, System.out, System.err);
        System.err.println("after verify: " + Engine.threadsPerOperation());
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment policy = (MemorySegment) linker.downcallHandle(
                    linker.defaultLookup().find("getenv").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                    .invokeExact(arena.allocateFrom("OMP_WAIT_POLICY"));
            System.err.println("policy: " + policy.reinterpret(Long.MAX_VALUE).getString(0));
        }
        System.exit(0);
    }
}
