package org.thalweg.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.DurableFile;
import org.thalweg.storage.InputFile;

/** The paths between two replicas as a file of their own, in the form of {@code pairs[]} in {@code results.json}. */
public final class PairsFile {
    private PairsFile() {}

    /**
     * Writes paths whole or not at all; equal paths give equal bytes.
     *
     * @param file where to
     * @param pairs what
     * @throws WorkFailure when the disk refuses
     */
    public static void write(Path file, List<PairResult> pairs) {
        try {
            DurableFile.writeText(file, ResultsMapper.json().writeValueAsString(pairs) + "\n");
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("paths are always writable", impossible);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param file the file
     * @return the paths
     * @throws WorkFailure when it cannot be read
     */
    public static List<PairResult> read(Path file) {
        try {
            return ResultsMapper.json().readValue(InputFile.bytes(file, ResultsFile.LARGEST), new TypeReference<>() {});
        } catch (IOException refused) {
            throw InputFile.unreadable(file, refused);
        }
    }

    /**
     * Writes the orders of one pair whole or not at all, in the form of {@code orders[]} in {@code results.json}.
     *
     * @param file where to
     * @param orders what
     * @throws WorkFailure when the disk refuses
     */
    public static void writeOrders(Path file, PairOrders orders) {
        try {
            DurableFile.writeText(file, ResultsMapper.json().writeValueAsString(orders) + "\n");
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("orders are always writable", impossible);
        }
    }

    /**
     * Reads what {@link #writeOrders} wrote.
     *
     * @param file the file
     * @return the orders
     * @throws WorkFailure when it cannot be read
     */
    public static PairOrders readOrders(Path file) {
        try {
            return ResultsMapper.json().readValue(InputFile.bytes(file, ResultsFile.LARGEST), PairOrders.class);
        } catch (IOException refused) {
            throw InputFile.unreadable(file, refused);
        }
    }
}
