package org.thalweg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.tensor.Scope;

class SafetensorsFileTest {
    @TempDir
    private Path directory;

    @Test
    void readsAFileLaidOutByHand() throws IOException {
        Path path = RawFile.of(
                        "{\"__metadata__\":{\"format\":\"pt\"},"
                                + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[4,6]},"
                                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
                                + "\"none\":{\"dtype\":\"I64\",\"shape\":[0,7],\"data_offsets\":[4,4]}}   ",
                        (byte) 0, (byte) 0, (byte) 0xc0, (byte) 0x3f, (byte) 7, (byte) 255)
                .in(directory);
        try (SafetensorsFile file = SafetensorsFile.open(path);
                Scope scope = Scope.open()) {
            assertThat(file.metadata()).containsExactly(Map.entry("format", "pt"));
            assertThat(file.tensors().keySet()).containsExactly("b", "a", "none");
            assertThat(file.tensors().get("a"))
                    .isEqualTo(new TensorEntry(new TensorLayout(ElementType.F32, new long[] {1, 1}), 0, 4));
            assertThat(file.read("a").toDoubles()).containsExactly(1.5);
            assertThat(file.read("b").toLongs()).containsExactly(7, 255);
            assertThat(file.read("none").shape()).containsExactly(0, 7);
            assertThat(file.bytes("b").toArray(ValueLayout.JAVA_BYTE)).containsExactly(7, -1);
            assertThat(file.bytes("b").isReadOnly()).isTrue();
            assertThatThrownBy(() -> file.read("c"))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessage(path + " has no tensor 'c'; it has 'b', 'a', 'none'.");
        }
    }

    @Test
    void listsButDoesNotComputeWithTypesThatLibtorchIsNotAskedFor() throws IOException {
        Path path = RawFile.of(
                        "{\"q\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]},"
                                + "\"p\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[2,3]}}",
                        new byte[3])
                .in(directory);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.tensors().get("p").type()).isEqualTo(ElementType.F4);
            assertThatThrownBy(() -> file.read("q"))
                    .hasMessage("tensor 'q' in " + path + " has element type F8_E4M3, which cannot be computed with; "
                            + "convert the model to one of F64, F32, F16, BF16, I64, I32, U8, BOOL.");
        }
    }

    @ParameterizedTest
    @CsvFileSource(resources = "invalid-headers.txt", delimiter = '|')
    void namesWhatIsWrong(String header, String why) throws IOException {
        Path path = RawFile.of(header, new byte[4]).in(directory);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(WorkFailure.class)
                .hasMessage(path + " is not a valid safetensors file: " + why + "; copy or download it again.");
    }

    @Test
    void refusesHeaderLengthsThatTheFileCannotHold() throws IOException {
        for (long stated : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, -1, 3, 1L << 40}) {
            Path path = RawFile.withLength(stated, "{}".getBytes(StandardCharsets.UTF_8)).in(directory);
            assertThatThrownBy(() -> SafetensorsFile.open(path))
                    .hasMessage(path + " is not a valid safetensors file: its first 8 bytes announce a header of "
                            + Long.toUnsignedString(stated) + " bytes, but the file has 10 and a header at most "
                            + "100000000; copy or download it again.");
        }
    }

    @Test
    void refusesAHeaderThatNeedsMoreMemoryThanAnyModel() throws IOException {
        Path path = RawFile.withLength(100_000_001, new byte[0]).in(directory);
        try (FileChannel sparse = FileChannel.open(path, StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.allocate(1), 200_000_000);
        }
        assertThatThrownBy(() -> SafetensorsFile.open(path)).hasMessageContaining("a header at most 100000000");
    }

    @Test
    void refusesJsonBombs() throws IOException {
        for (String bomb : new String[] {
            "{\"a\":" + "[".repeat(2_000_000),
            "{\"a\":{\"b\":" + "{\"a\":".repeat(100_000),
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[" + "9".repeat(1_000_000),
            "{\"" + "a".repeat(1_000_000) + "\":1}"
        }) {
            Path path = RawFile.of(bomb).in(directory);
            assertThatThrownBy(() -> SafetensorsFile.open(path))
                    .isInstanceOf(WorkFailure.class)
                    .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(600));
        }
    }

    @Test
    void refusesMoreThan64Axes() throws IOException {
        Path path = RawFile.of("{\"a\":{\"dtype\":\"U8\",\"shape\":[" + "1,".repeat(64) + "1],\"data_offsets\":[0,1]}}",
                        (byte) 1)
                .in(directory);
        assertThatThrownBy(() -> SafetensorsFile.open(path)).hasMessageContaining("a shape of more than 64 numbers");
    }

    @Test
    void refusesHeadersThatAreNotUtf8() throws IOException {
        Path latin1 = RawFile.withLength(5, new byte[] {'{', '"', (byte) 0xe9, '"', ':'}).in(directory);
        assertThatThrownBy(() -> SafetensorsFile.open(latin1)).hasMessageContaining("its header is not UTF-8");
        byte[] wide = "{}".getBytes(StandardCharsets.UTF_16LE);
        Path utf16 = RawFile.withLength(wide.length, wide).in(directory);
        assertThatThrownBy(() -> SafetensorsFile.open(utf16)).hasMessageContaining("not the JSON it should be");
    }

    @Test
    void recognisesWhatIsNoModelAtAll() throws IOException {
        Path pointer = Files.writeString(directory.resolve("p"), "version https://git-lfs.github.com/spec/v1\noid x\n");
        assertThatThrownBy(() -> SafetensorsFile.open(pointer))
                .hasMessage(pointer + " is a Git LFS pointer, not the model itself; run 'git lfs pull' where it came "
                        + "from.");
        Path empty = Files.createFile(directory.resolve("empty"));
        assertThatThrownBy(() -> SafetensorsFile.open(empty))
                .hasMessageContaining("it has 0 bytes, fewer than the 8 before the header");
        assertThatThrownBy(() -> SafetensorsFile.open(directory))
                .hasMessage("cannot read " + directory + ": it is a directory; give a file.");
    }

    @Test
    void readsPastTwoGibibytes() throws IOException {
        long big = 2_200_000_000L;
        String header = "{\"big\":{\"dtype\":\"U8\",\"shape\":[" + big + "],\"data_offsets\":[0," + big + "]},"
                + "\"last\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[" + big + "," + (big + 4) + "]}}";
        Path path = RawFile.of(header).in(directory);
        try (FileChannel sparse = FileChannel.open(path, StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.wrap(new byte[] {5, 0, 0, 0}), 8 + header.length() + big);
        }
        try (SafetensorsFile file = SafetensorsFile.open(path);
                Scope scope = Scope.open()) {
            assertThat(file.read("last").item()).isEqualTo(5);
            assertThat(file.bytes("big").byteSize()).isEqualTo(big);
        }
    }
}
