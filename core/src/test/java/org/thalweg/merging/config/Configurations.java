package org.thalweg.merging.config;

import java.util.List;
import org.thalweg.merging.MergeMethods;

/** Configurations from text, for tests. */
final class Configurations {
    private Configurations() {}

    static List<MergeConfiguration> all(String yaml) {
        return MergeFile.parse(yaml, "merge.yml", MergeMethods.all());
    }

    static MergeConfiguration one(String yaml) {
        return all(yaml).getLast();
    }
}
