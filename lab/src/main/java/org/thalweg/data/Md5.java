package org.thalweg.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.thalweg.storage.InputFile;

/** MD5 sums, the form in which the authors of old data sets published theirs; never used as an identity of our own. */
final class Md5 {
    private Md5() {}

    /** The sum of parts one after the other, in lower-case hexadecimal. */
    static String ofBytes(byte[]... parts) {
        MessageDigest md5 = start();
        for (byte[] part : parts) {
            md5.update(part);
        }
        return HexFormat.of().formatHex(md5.digest());
    }

    /** The sum of a file, read in blocks of 1 MiB. */
    static String ofFile(Path file) {
        MessageDigest md5 = start();
        try (InputStream in = InputFile.stream(file)) {
            byte[] block = new byte[1 << 20];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                md5.update(block, 0, read);
            }
        } catch (IOException refused) {
            throw Refusal.unreadable(file.toString(), refused);
        }
        return HexFormat.of().formatHex(md5.digest());
    }

    private static MessageDigest start() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has MD5", impossible);
        }
    }
}
