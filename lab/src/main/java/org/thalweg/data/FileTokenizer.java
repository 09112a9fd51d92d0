package org.thalweg.data;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.InputFile;

/**
 * A tokenizer read from Hugging Face's {@code tokenizer.json}. The native library that understands such files ends its
 * process on some damaged ones, so it runs in a process of its own ({@link TokenizerProcess}), one for each tokenizer,
 * which ends with this one.
 */
final class FileTokenizer implements Tokenizer {
    /** Vocabularies of 256,000 tokens with their merges take about 35 MB. */
    private static final int LARGEST_FILE = 1 << 28;
    /** Reading the largest vocabularies takes seconds. */
    private static final Duration LONGEST = Duration.ofSeconds(60);
    /** Texts take a second for a megabyte or more. */
    private static final int BYTES_PER_MILLISECOND = 100;
    /** No normalisation makes more of a character. */
    private static final int MOST_IDS_PER_BYTE = 32;
    private static final int MOST_SPECIAL_IDS = 1 << 16;
    private static final int LONGEST_COMPLAINT = 1 << 16;
    private static final String READING = "reading";
    private static final String ENCODING = "encoding a text";
    private static final List<String> OTHERS_OPTIONS =
            List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private final Path file;
    private final Duration longest;
    private final Process process;
    private final DataOutputStream requests;
    private final DataInputStream replies;

    private FileTokenizer(Path file, Duration longest, Process process) {
        this.file = file;
        this.longest = longest;
        this.process = process;
        this.requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
        this.replies = new DataInputStream(process.getInputStream());
    }

    static FileTokenizer open(Path file) {
        return open(file, LONGEST);
    }

    /** As {@link Tokenizer#ofFile}, with the longest time to wait for an answer. */
    static FileTokenizer open(Path file, Duration longest) {
        byte[] json = InputFile.bytes(file, LARGEST_FILE);
        TokenizerJson.check(file, json);
        FileTokenizer tokenizer = new FileTokenizer(file, longest, start());
        boolean opened = false;
        try {
            tokenizer.ids(tokenizer.ask(json, READING), READING);
            opened = true;
            return tokenizer;
        } finally {
            if (!opened) {
                tokenizer.close();
            }
        }
    }

    private static Process start() {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
                "-XX:+SuppressFatalErrorMessage", "-XX:-CreateCoredumpOnCrash",
                "--enable-native-access=ALL-UNNAMED", TokenizerProcess.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeAll(OTHERS_OPTIONS);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        // The library asks its makers' server on some machines otherwise.
        builder.environment().put("OPT_OUT_TRACKING", "true");
        try {
            return builder.start();
        } catch (IOException refused) {
            throw new WorkFailure("cannot start a process for the tokenizer: " + InputFile.reason(refused) + ".",
                    refused);
        }
    }

    @Override
    public int[] encode(String text) {
        Answer answer = answerOn(text);
        if (answer instanceof Answer.Refused) {
            Optional<UnknownPart> unknown = UnknownPart.in(text, part -> answerOn(part) instanceof Answer.Ids);
            if (unknown.isPresent()) {
                throw new WorkFailure(file + " has no token for " + unknown.get().describe() + "; remove it there, or "
                        + "give text of the kind that the model was trained on.");
            }
        }
        return ids(answer, ENCODING);
    }

    private Answer answerOn(String text) {
        return ask(text.getBytes(StandardCharsets.UTF_8), ENCODING);
    }

    private int[] ids(Answer answer, String doing) {
        return switch (answer) {
            case Answer.Ids(int[] ids) -> ids;
            case Answer.Refused(String why) -> throw new WorkFailure(file + ": expected a tokenizer as Hugging Face "
                    + "stores it, found '" + Shown.text(why) + "' while " + doing
                    + "; get the file again from where the model came from.");
        };
    }

    /** What the process says. */
    private sealed interface Answer {
        /** The numbers of a text; none of a tokenizer that was read. */
        record Ids(int[] ids) implements Answer {}

        /** Why there are none. */
        record Refused(String why) implements Answer {}
    }

    /** Sends a message and waits for what answers it. */
    private Answer ask(byte[] message, String doing) {
        AtomicBoolean late = new AtomicBoolean();
        Duration patience = longest.plusMillis(message.length / BYTES_PER_MILLISECOND);
        Executor later = CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS);
        CompletableFuture<Void> alarm = CompletableFuture.runAsync(() -> {
            late.set(true);
            process.destroyForcibly();
        }, later);
        try {
            requests.writeInt(message.length);
            requests.write(message);
            requests.flush();
            return answer((long) MOST_IDS_PER_BYTE * message.length + MOST_SPECIAL_IDS, doing);
        } catch (IOException gone) {
            throw late.get()
                    ? Refusal.of(file.toString(), "a tokenizer that answers within " + patience.toSeconds()
                            + " seconds", "none while " + doing, "get the file again from where the model came from")
                    : died(doing, gone);
        } finally {
            alarm.cancel(false);
        }
    }

    private Answer answer(long most, String doing) throws IOException {
        byte kind = replies.readByte();
        int length = replies.readInt();
        if (kind == TokenizerProcess.IDS && length >= 0 && length <= most) {
            int[] ids = new int[length];
            for (int i = 0; i < length; i++) {
                ids[i] = replies.readInt();
            }
            return new Answer.Ids(ids);
        }
        if (kind == TokenizerProcess.REFUSED && length >= 0 && length <= LONGEST_COMPLAINT) {
            return new Answer.Refused(new String(replies.readNBytes(length), StandardCharsets.UTF_8));
        }
        throw Refusal.of(file.toString(), "a tokenizer with at most " + most + " tokens for this text",
                "an answer of length " + length + " while " + doing,
                "get the file again from where the model came from");
    }

    private WorkFailure died(String doing, IOException gone) {
        process.destroyForcibly();
        return new WorkFailure(file + ": expected a tokenizer as Hugging Face stores it, found one that ends the "
                + "tokenizers library while " + doing + exitCode() + "; get the file again from where the model came "
                + "from.", gone);
    }

    private String exitCode() {
        try {
            return process.waitFor(5, TimeUnit.SECONDS) ? " (exit code " + process.exitValue() + ")" : "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
