package org.thalweg.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.thalweg.failure.Shown;
import org.thalweg.failure.WorkFailure;

/**
 * What stands in a model's directory beside its configuration and weights. Copying a model and deciding whether a
 * directory is wholly a model both go by this.
 *
 * @param files what goes with the model, by path within the directory, with slashes: tokenizer, chat templates,
 *     settings, card and licence; links of a Hugging Face cache are followed to their blobs
 * @param leftOut what does not, by path, with the reason
 * @param others hidden files, and weights that are none of the model's; these are no companions at all
 */
public record Companions(
        SortedMap<String, Path> files, SortedMap<String, String> leftOut, SortedSet<String> others) {
    /** Copies the collections. */
    public Companions {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
        leftOut = Collections.unmodifiableSortedMap(new TreeMap<>(leftOut));
        others = Collections.unmodifiableSortedSet(new TreeSet<>(others));
    }

    /**
     * The files that belong to the tokenizer, chat templates among them.
     *
     * @return by path
     */
    public SortedMap<String, Path> tokenizer() {
        return those(name -> CompanionNames.isTokenizer(name));
    }

    /**
     * All files but those of the tokenizer and the model's card.
     *
     * @return by path
     */
    public SortedMap<String, Path> besideTokenizerAndCard() {
        return those(name -> !CompanionNames.isTokenizer(name) && !CompanionNames.isCard(name));
    }

    private SortedMap<String, Path> those(Predicate<String> names) {
        SortedMap<String, Path> those = new TreeMap<>(files);
        those.keySet().removeIf(path -> !names.test(path.substring(path.lastIndexOf('/') + 1)));
        return those;
    }

    /**
     * Reads a companion that holds one JSON object, such as {@code tokenizer_config.json}.
     *
     * @param path one of {@link #files}
     * @return the object
     * @throws WorkFailure when there is no such companion, or it is too large or no JSON object
     */
    public ObjectNode object(String path) {
        return BoundedJson.readObject(Optional.ofNullable(files.get(path)).orElseThrow(() -> new WorkFailure(
                "there is no file " + Shown.name(path) + " beside the model; check the directory.")));
    }
}
