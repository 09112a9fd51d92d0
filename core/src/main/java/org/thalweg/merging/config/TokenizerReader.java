package org.thalweg.merging.config;

import java.util.Optional;
import java.util.Set;
import org.thalweg.storage.YamlNode;

/**
 * Reads whose tokenizer a result gets, in both spellings.
 *
 * @param fields the keys at the top
 */
record TokenizerReader(Fields fields) {
    private static final String SHORT = "tokenizer_source";
    private static final String LONG = "tokenizer";
    private static final String SOURCE = "source";
    private static final String TOKENS = "tokens";
    private static final String PADDING = "pad_to_multiple_of";
    private static final String OLD_PREFIX = "model:";

    Optional<TokenizerSource> source() {
        if (fields.value(SHORT).isPresent() && fields.value(LONG).isPresent()) {
            throw fields.placeOf(LONG).wrong(
                    "'" + SHORT + "' and '" + LONG + "' are given together, expected one of them");
        }
        return fields.value(SHORT).map(this::named).or(() -> fields.value(LONG).map(this::ofSection));
    }

    private TokenizerSource ofSection(YamlNode node) {
        Fields section = Fields.of(node, "'" + LONG + "'", fields.reading());
        section.warnOfUnknown(Set.of(SOURCE, TOKENS, PADDING));
        section.value(TOKENS).filter(tokens -> !(tokens instanceof YamlNode.Section all && all.fields().isEmpty()))
                .ifPresent(tokens -> {
                    throw tokens.place().wrong("'" + TOKENS + "' chooses embeddings token by token, which is not done "
                            + "here; remove it, and change the embeddings before or after the merge");
                });
        section.value(PADDING).ifPresent(padding -> {
            throw padding.place().wrong(
                    "'" + PADDING + "' lengthens the embeddings, which is not done here; remove it");
        });
        return section.value(SOURCE).map(this::named).orElseGet(TokenizerSource.Union::new);
    }

    private TokenizerSource named(YamlNode node) {
        String name = new ModelReader(fields.reading()).model(node, "the source of the tokenizer");
        return switch (name) {
            case "base" -> new TokenizerSource.OfBase();
            case "union" -> new TokenizerSource.Union();
            default -> new TokenizerSource.OfModel(
                    name.startsWith(OLD_PREFIX) ? name.substring(OLD_PREFIX.length()) : name);
        };
    }
}
