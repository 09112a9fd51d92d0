package org.thalweg.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.thalweg.failure.WorkFailure;

/**
 * What stands before the numbers in an {@code .npy} file: six magic bytes, a version, the length of a Python
 * dictionary, and the dictionary (numpy.lib.format, versions 1 to 3).
 *
 * @param number how a number is stored
 * @param order the byte order of the numbers
 * @param columnMajor whether the file holds column after column (Fortran order)
 * @param rows the first length of the shape
 * @param columns the second length of the shape
 * @param length bytes before the first number
 */
record NumpyHeader(Number number, ByteOrder order, boolean columnMajor, int rows, int columns, long length) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST = 1 << 16;
    private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]*)['\"]");
    private static final Pattern ORDER = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([^)]*)\\)");
    private static final Pattern TWO_LENGTHS = Pattern.compile("\\s*(\\d{1,10})L?\\s*,\\s*(\\d{1,10})L?\\s*,?\\s*");

    /** How numbers are stored, and how one becomes a double. */
    enum Number {
        F2, F4, F8, I1, I2, I4, I8, U1, U2, U4;

        int bytes() {
            return name().charAt(1) - '0';
        }

        /** The next number of a buffer as the nearest double: itself, but for integers beyond 2⁵³. */
        double next(ByteBuffer from) {
            return switch (this) {
                case F2 -> Float.float16ToFloat(from.getShort());
                case F4 -> from.getFloat();
                case F8 -> from.getDouble();
                case I1 -> from.get();
                case I2 -> from.getShort();
                case I4 -> from.getInt();
                case I8 -> from.getLong();
                case U1 -> Byte.toUnsignedInt(from.get());
                case U2 -> Short.toUnsignedInt(from.getShort());
                case U4 -> Integer.toUnsignedLong(from.getInt());
            };
        }
    }

    /**
     * Reads the header of a two-dimensional array.
     *
     * @throws WorkFailure when the file is no such array; the sentence says what was expected and found
     * @throws IOException when the disk refuses
     */
    static NumpyHeader read(FileChannel channel, Path file) throws IOException {
        ByteBuffer start = bytes(channel, 0, 12, file);
        for (byte expected : MAGIC) {
            if (start.get() != expected) {
                throw new WorkFailure(file + " does not begin with \\x93NUMPY and so is no .npy file;"
                        + " write it with numpy.save.");
            }
        }
        int version = start.get();
        start.get();
        if (version < 1 || version > 3) {
            throw new WorkFailure(file + " is an .npy file of version " + version + "; versions 1 to 3 are read.");
        }
        int before = version == 1 ? 10 : 12;
        long length = version == 1 ? Short.toUnsignedInt(start.getShort()) : Integer.toUnsignedLong(start.getInt());
        if (length > LONGEST) {
            throw new WorkFailure(file + " announces an .npy header of " + length + " bytes; at most " + LONGEST
                    + " are read.");
        }
        ByteBuffer text = bytes(channel, before, (int) length, file);
        return parse(StandardCharsets.UTF_8.decode(text).toString(), before + length, file);
    }

    private static ByteBuffer bytes(FileChannel channel, long from, int count, Path file) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new WorkFailure(file + " ends after " + channel.size() + " bytes, within the .npy header, which"
                        + " needs " + (from + count) + "; the file is cut off.");
            }
        }
        return buffer.flip();
    }

    private static NumpyHeader parse(String text, long length, Path file) {
        String descr = field(DESCR, text, "descr", "a plain number type such as '<f4'", file);
        String order = field(ORDER, text, "fortran_order", "True or False", file);
        String shape = field(SHAPE, text, "shape", "two lengths such as (512, 512)", file);
        Matcher lengths = TWO_LENGTHS.matcher(shape);
        if (!lengths.matches()) {
            throw new WorkFailure(file + " holds an array of shape (" + shape + "); a matrix of two lengths is"
                    + " expected.");
        }
        long rows = Long.parseLong(lengths.group(1));
        long columns = Long.parseLong(lengths.group(2));
        if (rows < 1 || columns < 1 || rows > Integer.MAX_VALUE - 8 || columns > Integer.MAX_VALUE - 8) {
            throw new WorkFailure(file + " holds a matrix of " + rows + " rows and " + columns
                    + " columns; both must be between 1 and " + (Integer.MAX_VALUE - 8) + ".");
        }
        ByteOrder bytes = descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return new NumpyHeader(number(descr, file), bytes, order.equals("True"), (int) rows, (int) columns, length);
    }

    private static Number number(String descr, Path file) {
        if (descr.matches("[<>=|][fiu][1248]")) {
            String name = descr.substring(1).toUpperCase(Locale.ROOT);
            for (Number number : Number.values()) {
                if (number.name().equals(name)) {
                    return number;
                }
            }
        }
        throw new WorkFailure(file + " holds numbers of type '" + descr
                + "'; float16, float32, float64 and integers up to int64 (unsigned: uint32) are read.");
    }

    private static String field(Pattern pattern, String text, String name, String expected, Path file) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new WorkFailure(file + " has an .npy header without a readable '" + name + "'; expected " + expected
                    + ".");
        }
        return matcher.group(1);
    }
}
