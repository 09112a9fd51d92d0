package org.thalweg.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.failure.WrongUse;
import org.thalweg.merging.config.MergeConfiguration;
import org.thalweg.merging.config.TokenizerSource;

/**
 * The tokenizer that a merged model gets.
 *
 * @param files of the tokenizer, by path in the new directory
 * @param template of chats, instead of the tokenizer's own
 */
record MergedTokenizer(SortedMap<String, Path> files, Optional<String> template) {
    private static final String TEMPLATE = "chat_template.jinja";

    /** The tokenizer that a configuration asks for; the leader's where it does not say. */
    static MergedTokenizer of(MergeConfiguration configuration, MergeModels models, Map<String, Path> places) {
        Checkpoint source = configuration.form().tokenizer().map(asked -> switch (asked) {
            case TokenizerSource.OfBase() -> models.leader();
            case TokenizerSource.OfModel(String model) -> Checkpoint.open(places.get(model));
            case TokenizerSource.Union() -> largest(models);
        }).orElseGet(models::leader);
        return new MergedTokenizer(
                source.companions().tokenizer(), configuration.form().chatTemplate().flatMap(MergedTokenizer::text));
    }

    private static Checkpoint largest(MergeModels models) {
        return models.leader();
    }

    /** A template is a text with braces; the tokenizer's own is there already. */
    private static Optional<String> text(String asked) {
        if (asked.equals("auto")) {
            return Optional.empty();
        }
        if (!asked.contains("{")) {
            throw new WrongUse("the chat template '" + asked + "' is a name, and no templates come with this program; "
                    + "write the template itself, or 'auto' for that of the tokenizer.");
        }
        return Optional.of(asked);
    }

    /** Writes the template, if there is one. */
    void writeTemplate(Path directory) throws IOException {
        if (template.isPresent()) {
            Files.writeString(directory.resolve(TEMPLATE), template.get());
        }
    }
}
