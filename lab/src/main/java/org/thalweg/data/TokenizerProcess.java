package org.thalweg.data;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;

/**
 * A process that holds one tokenizer of the native library and speaks with {@link FileTokenizer}: messages in on
 * standard input, each its length and its bytes, the first the {@code tokenizer.json}, the others texts in UTF-8;
 * answers out on standard output, each a kind, a length, and so many ids or bytes of a complaint. It ends with its
 * input.
 */
public final class TokenizerProcess {
    /** Kind of an answer: ids of 4 bytes, none for the first message. */
    static final byte IDS = 1;
    /** Kind of an answer: what is wrong, in UTF-8. */
    static final byte REFUSED = 2;

    /** The library walks through nested normalizers and patterns by calling itself. */
    private static final long STACK = 1L << 26;
    private static final int LONGEST_COMPLAINT = 1 << 12;

    private TokenizerProcess() {}

    /**
     * Serves one tokenizer.
     *
     * @param arguments none
     * @throws IOException when standard input breaks off within a message
     * @throws InterruptedException when somebody stops the thread
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        BlockingQueue<byte[]> messages = new SynchronousQueue<>();
        OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16);
        Thread worker = new Thread(null, () -> serve(messages, new DataOutputStream(out)), "tokenizer", STACK);
        // The process ends with its input, also while the library is caught in a text.
        worker.setDaemon(true);
        worker.start();
        DataInputStream in = new DataInputStream(System.in);
        for (int length = next(in); length >= 0; length = next(in)) {
            messages.put(in.readNBytes(length));
        }
    }

    private static int next(DataInputStream in) throws IOException {
        try {
            return in.readInt();
        } catch (EOFException end) {
            return -1;
        }
    }

    private static void serve(BlockingQueue<byte[]> messages, DataOutputStream out) {
        try {
            HuggingFaceTokenizer tokenizer = opened(messages.take(), out);
            while (true) {
                answer(tokenizer, new String(messages.take(), StandardCharsets.UTF_8), out);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static HuggingFaceTokenizer opened(byte[] json, DataOutputStream out) throws IOException {
        try {
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json),
                    Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "true"));
            write(new int[0], out);
            return tokenizer;
        } catch (RuntimeException | LinkageError | OutOfMemoryError refused) {
            refuse(refused, out);
            throw new IOException("nothing can be asked of what is no tokenizer", refused);
        }
    }

    private static void answer(HuggingFaceTokenizer tokenizer, String text, DataOutputStream out) throws IOException {
        int[] ids;
        try {
            ids = Arrays.stream(tokenizer.encode(text).getIds()).mapToInt(Math::toIntExact).toArray();
        } catch (RuntimeException | OutOfMemoryError refused) {
            refuse(refused, out);
            return;
        }
        write(ids, out);
    }

    private static void write(int[] ids, DataOutputStream out) throws IOException {
        out.writeByte(IDS);
        out.writeInt(ids.length);
        for (int id : ids) {
            out.writeInt(id);
        }
        out.flush();
    }

    private static void refuse(Throwable refused, DataOutputStream out) throws IOException {
        String why = refused.getMessage() == null ? refused.getClass().getSimpleName() : refused.getMessage();
        byte[] text = why.substring(0, Math.min(why.length(), LONGEST_COMPLAINT)).getBytes(StandardCharsets.UTF_8);
        out.writeByte(REFUSED);
        out.writeInt(text.length);
        out.write(text);
        out.flush();
    }
}
