package org.thalweg.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.failure.WorkFailure;
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
        Optional<String> template = configuration.form().chatTemplate().flatMap(MergedTokenizer::text);
        SortedMap<String, Path> files = new TreeMap<>(source.companions().tokenizer());
        template.ifPresent(_ -> files.remove(TEMPLATE));
        return new MergedTokenizer(files, template);
    }

    /** The model whose tokenizer has the tokens of all others too. */
    private static Checkpoint largest(MergeModels models) {
        Checkpoint largest = models.leader();
        for (Checkpoint other : models.checkpoints()) {
            TokenizerDifference found = TokenizerDifference.between(largest.companions(), other.companions());
            largest = switch (found.vocabulary()) {
                case EQUAL, SAME_VOCABULARY, A_EXTENDS_B, NONE -> largest;
                case B_EXTENDS_A -> other;
                case DIFFERENT, UNKNOWN, ONE_LACKS -> throw new WorkFailure("the tokenizers of "
                        + largest.directory() + " and " + other.directory() + " cannot be united"
                        + found.example().map(why -> ": " + why).orElse("")
                        + "; 'union' takes vocabularies that are equal, or of which one extends the other at its end.");
            };
        }
        return largest;
    }

    /** Sentences about models that give their token ids another meaning than the leader does. */
    static List<String> doubts(MergeModels models) {
        List<String> doubts = new ArrayList<>();
        for (int model = 1; model < models.names().size(); model++) {
            TokenizerDifference found = TokenizerDifference.between(
                    models.leader().companions(), models.checkpoints().get(model).companions());
            if (found.vocabulary() == VocabularyRelation.DIFFERENT) {
                doubts.add("the tokenizer of '" + models.names().get(model) + "' is another one than that of '"
                        + models.names().getFirst() + "' (A and B): " + found.example().orElse("tokens differ")
                        + "; rows of the embedding that are merged stand for different tokens");
            }
        }
        return doubts;
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
