package org.thalweg.benchmarks.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages contents; the same random numbers damage in the same way. */
final class Mutations {
    private static final int LARGEST = 1 << 21;
    private static final long[] NUMBERS = {
        0, 1, -1, 2, 7, 127, 128, 255, 256, 32767, 65535, 65536, 1 << 24, Integer.MAX_VALUE, Integer.MIN_VALUE,
        0xffffffffL, 0x100000000L, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 7
    };
    private static final List<String> TOKENS = List.of(
            "null", "~", "true", "NaN", "Infinity", "-1", "0", "1e999", "1e-310", "-0.0", "9223372036854775808",
            "1e2147483648", "0x7f", "1_000", "\"\"", "''", "[]", "{}", "[", "]", "{", "}", ",", ":", "\\", "\\u0000",
            "\\ud800", "\u001b[2J", "\u0000", "\u009b", "\u202e", "\ufeff", "\u2028", "😀", "\t",
            "\r", "\n", "\n\n", "---\n",
            "...\n", "&a ", "*a", "<<: ", "!!int ", "!!binary ", "| \n", "> \n", "%YAML 9.9\n", "? ", "- ",
            "# ", "../", "/", "C:\\", "__metadata__", "data_offsets", "\"dtype\":\"F64\"", "model_type",
            "1/", "{v}", "~", "|",
            "'fortran_order': True", "(1, 2)", ",,", "t,loss", ";");

    private final SplittableRandom random;

    Mutations(SplittableRandom random) {
        this.random = random;
    }

    /** A content that was damaged once or a few times. */
    byte[] damaged(Seed seed, List<Seed> others) {
        byte[] content = seed.content();
        // Mostly once: what is damaged often is refused at its first check.
        int times = random.nextInt(3) > 0 ? 1 : 2 + random.nextInt(5);
        for (int time = 0; time < times; time++) {
            content = switch (seed.format()) {
                case BYTES -> bytes(content, others);
                case JSON -> random.nextInt(4) == 0 ? bytes(content, others) : json(content);
                case YAML -> yaml(content, others);
                case LINES -> random.nextInt(2) == 0 ? bytes(content, others) : lines(content);
                case SAFETENSORS -> random.nextInt(3) == 0 ? bytes(content, others) : safetensors(content);
                case TAR -> random.nextInt(3) == 0 ? bytes(content, others) : tar(content);
            };
            content = content.length <= LARGEST ? content : Arrays.copyOf(content, LARGEST);
        }
        return content;
    }

    private byte[] json(byte[] content) {
        return new TreeMutations(random).json(content).orElseGet(() -> lines(content));
    }

    private byte[] yaml(byte[] content, List<Seed> others) {
        return switch (random.nextInt(4)) {
            case 0 -> bytes(content, others);
            case 1 -> new TreeMutations(random).yaml(content).orElseGet(() -> lines(content));
            default -> lines(content);
        };
    }

    /** Places and lengths that are likely to matter: near the beginning twice as often as anywhere. */
    private int place(int length) {
        return length == 0 ? 0 : random.nextInt(random.nextBoolean() ? length : Math.min(length, 64));
    }

    private int extent(int most) {
        return most <= 0 ? 0 : 1 + random.nextInt(Math.min(most, random.nextInt(3) == 0 ? most : 16));
    }

    private byte[] bytes(byte[] content, List<Seed> others) {
        int at = place(content.length);
        int length = extent(content.length - at);
        return switch (random.nextInt(10)) {
            case 0 -> flipped(content);
            case 1 -> Arrays.copyOf(content, at);
            case 2 -> spliced(content, at, 0, randomBytes(extent(64)));
            case 3 -> spliced(content, at, 0, repeated(Arrays.copyOfRange(content, at, at + length)));
            case 4 -> spliced(content, at, length, new byte[0]);
            case 5 -> spliced(content, at, 0, token());
            case 6 -> spliced(content, at, length, token());
            case 7 -> numbered(content);
            case 8 -> spliced(content, at, length, randomBytes(length));
            default -> {
                byte[] other = others.get(random.nextInt(others.size())).content();
                int from = place(other.length);
                yield spliced(content, at, length, Arrays.copyOfRange(other, from, from + extent(other.length - from)));
            }
        };
    }

    private byte[] flipped(byte[] content) {
        byte[] result = content.clone();
        for (int flip = extent(8); flip > 0 && result.length > 0; flip--) {
            result[place(result.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return result;
    }

    private byte[] repeated(byte[] part) {
        int times = random.nextInt(8) == 0 ? 1 + random.nextInt(3000) : 1 + random.nextInt(3);
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        for (int time = 0; time < times && result.size() < LARGEST; time++) {
            result.writeBytes(part);
        }
        return result.toByteArray();
    }

    private byte[] randomBytes(int length) {
        byte[] result = new byte[length];
        random.nextBytes(result);
        return result;
    }

    private byte[] token() {
        return TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
    }

    /** A number that sizes and counts may be, written over 2, 4 or 8 bytes in either order. */
    private byte[] numbered(byte[] content) {
        int width = 2 << random.nextInt(3);
        if (content.length < width) {
            return content;
        }
        ByteBuffer result = ByteBuffer.wrap(content.clone())
                .order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int at = Math.min(place(content.length), content.length - width);
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        switch (width) {
            case 2 -> result.putShort(at, (short) number);
            case 4 -> result.putInt(at, (int) number);
            default -> result.putLong(at, number);
        }
        return result.array();
    }

    private static byte[] spliced(byte[] content, int at, int remove, byte[] insert) {
        ByteArrayOutputStream result = new ByteArrayOutputStream(content.length + insert.length);
        result.write(content, 0, at);
        result.writeBytes(insert);
        result.write(content, at + remove, content.length - at - remove);
        return result.toByteArray();
    }

    private byte[] lines(byte[] content) {
        String[] lines = new String(content, StandardCharsets.UTF_8).split("\n", -1);
        int at = random.nextInt(lines.length);
        int other = random.nextInt(lines.length);
        String line = lines[at];
        int in = line.isEmpty() ? 0 : random.nextInt(line.length());
        String token = TOKENS.get(random.nextInt(TOKENS.size()));
        lines[at] = switch (random.nextInt(9)) {
            case 0 -> line + "\n" + line;
            case 1 -> "";
            case 2 -> " ".repeat(1 + random.nextInt(4)) + line;
            case 3 -> line.strip();
            case 4 -> lines[other];
            case 5 -> line.substring(0, in) + token + line.substring(in);
            case 6 -> line.replaceFirst("[A-Za-z0-9.]+", token.replaceAll("([\\\\$])", "\\\\$1"));
            case 7 -> line.replaceFirst("(?<=[:,] ?)[^,}\\]]+", token.replaceAll("([\\\\$])", "\\\\$1"));
            default -> (line + "\n").repeat(Math.min(
                    1 + LARGEST / (line.length() + 1), 1 + random.nextInt(random.nextInt(10) == 0 ? 2000 : 5)));
        };
        return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    }

    /** The header's tree damaged, its stated length made right, mostly. */
    private byte[] safetensors(byte[] content) {
        if (content.length < 8) {
            return content;
        }
        long stated = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        int end = Math.clamp(stated, 0, content.length - 8) + 8;
        byte[] header = json(Arrays.copyOfRange(content, 8, end));
        long length = random.nextInt(16) == 0 ? NUMBERS[random.nextInt(NUMBERS.length)] : header.length;
        return ByteBuffer.allocate(8 + header.length + content.length - end).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length).put(header).put(content, end, content.length - end).array();
    }

    /** A field of an entry's head overwritten, and the head's sum mended. */
    private byte[] tar(byte[] content) {
        byte[] result = content.clone();
        int blocks = result.length / 512;
        if (blocks == 0) {
            return result;
        }
        int head = 512 * random.nextInt(blocks);
        int[][] fields = {
            {0, 100}, {100, 8}, {108, 8}, {124, 12}, {136, 12}, {156, 1}, {157, 100}, {257, 8}, {345, 155}
        };
        int[] field = fields[random.nextInt(fields.length)];
        byte[] written = switch (random.nextInt(4)) {
            case 0 -> randomBytes(field[1]);
            case 1 -> Arrays.copyOf(token(), field[1]);
            case 2 -> Arrays.copyOf(Long.toOctalString(NUMBERS[random.nextInt(NUMBERS.length)])
                    .getBytes(StandardCharsets.US_ASCII), field[1]);
            default -> new byte[] {(byte) "01234567LKgxSD".charAt(random.nextInt(14))};
        };
        System.arraycopy(written, 0, result, head + field[0], Math.min(written.length, field[1]));
        Arrays.fill(result, head + 148, head + 156, (byte) ' ');
        int sum = 0;
        for (int i = head; i < head + 512; i++) {
            sum += result[i] & 0xff;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, result, head + 148, digits.length);
        return result;
    }
}
