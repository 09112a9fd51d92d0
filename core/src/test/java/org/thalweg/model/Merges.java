package org.thalweg.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.MatchingGauge;
import org.thalweg.matching.ResidualMatching;
import org.thalweg.matching.WeightMatchSettings;
import org.thalweg.matching.WeightMatching;
import org.thalweg.merging.config.MergeConfiguration;
import org.thalweg.merging.config.MergeFile;
import org.thalweg.tensor.WorkObserver;

/**
 * Merges of models in a directory, which go by their names.
 *
 * @param directory they stand in, and what is made of them as {@code out}
 */
record Merges(Path directory) {
    static MergeConfiguration mean(String... names) {
        return MergeConfiguration.of("linear", List.of(names), Optional.empty(), List.of(), Map.of("weight", "1"));
    }

    MergeConfiguration file(String text) throws IOException {
        return MergeFile.read(Files.writeString(directory.resolve("merge.yml"), text)).getLast();
    }

    static Merge.Settings settings(boolean isAligned, boolean required) {
        Merge.Alignment alignment = new Merge.Alignment(
                _ -> new WeightMatching(new WeightMatchSettings(
                        ExpertOrdering.BEST, ResidualMatching.AUTO, MatchingGauge.BALANCED)),
                _ -> new Checking(OptionalDouble.empty(), 8, 0, false), required);
        return new Merge.Settings(isAligned ? Optional.of(alignment) : Optional.empty(), Merge.Measuring.NONE,
                VocabularyRule.EQUAL, Optional.empty(), 0, false, MemoryPlan.ofMachine());
    }

    static Merge.Settings with(VocabularyRule rule, Optional<Long> shardBytes, long memory) {
        return new Merge.Settings(Optional.empty(), Merge.Measuring.NONE, rule, shardBytes, 0, false, memory);
    }

    Merge.Done merge(MergeConfiguration configuration, Merge.Settings settings) {
        Map<String, Path> places = new LinkedHashMap<>();
        configuration.models().forEach(name -> places.put(name, directory.resolve(name)));
        return new Merge(configuration, settings).write(
                places, new Output(directory.resolve("out"), false), WorkObserver.SILENT);
    }

    Checkpoint out() {
        return Checkpoint.open(directory.resolve("out"));
    }
}
