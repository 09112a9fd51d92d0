package org.thalweg.checkpoint;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The files that go with a model, by their names: what stock tokenizers and processors read, settings of generation,
 * the model's card with its pictures, its licence, and the code of a model that brings its own. Nothing else is known,
 * so that neither a copy nor a replacement takes a user's own files for a part of the model.
 */
final class CompanionNames {
    /** Vocabularies and merges of tokenizers, of all libraries that stock tokenizers use, and their templates. */
    private static final List<Pattern> TOKENIZER = List.of(
            Pattern.compile("tokenizer([._-][\\w.-]*)?\\.(json|model|txt)(\\.v\\d+)?"),
            Pattern.compile("(\\w+[_-])?vocab([_-]\\w+)?\\.(json|txt|bpe|pkl|model)"),
            Pattern.compile("([\\w-]+[._-])?(sentencepiece|spiece|spm|bpe|unigram|tokenizer)([._-]\\w+)?\\.model"),
            Pattern.compile("[\\w.-]+\\.(spm|tiktoken|tokenizer)"),
            Pattern.compile("merges\\.txt|bpe\\.codes|dict\\.txt|encoder\\.json|emoji\\.json|normalizer\\.json"
                    + "|byte_maps\\.json|word_(shape|pronunciation)\\.json|tekken\\.json|ice_text\\.model"
                    + "|special_tokens_map\\.json|added_tokens\\.json"),
            Pattern.compile("[\\w.-]+\\.jinja|chat_template\\.json"));
    private static final List<Pattern> NAMES = List.of(
            Pattern.compile("(generation|preprocessor|processor|image_preprocessor|video_preprocessor|audio_tokenizer)"
                    + "_config\\.json"),
            // What sentence-transformers needs beside a model.
            Pattern.compile("modules\\.json|sentence_bert_config\\.json|config_sentence_transformers\\.json"),
            Pattern.compile("\\.gitattributes|modelcard\\.json"),
            Pattern.compile("(?i)(readme|model_?card|licen[cs]e|notice|copying|citation"
                    + "|((acceptable_)?use|usage)_policy|third[_-]party[_-]notices?)([-_.][\\w-]{1,20}){0,2}"));
    private static final Pattern PICTURE = Pattern.compile("(?i).+\\.(png|jpe?g|gif|svg|webp)");
    private static final Pattern POOLING = Pattern.compile("\\d+_Pooling/config\\.json");
    private static final Pattern CARD = Pattern.compile("(?i)readme([-_.][\\w-]+)*");
    private static final Pattern WEIGHTS =
            Pattern.compile(".*\\.(safetensors|bin|pt|pth|ckpt|h5|msgpack|gguf|onnx|onnx_data|pdparams|ot)"
                    + "|.*\\.index\\.json");

    private CompanionNames() {}

    /**
     * Whether a file goes with a model.
     *
     * @param path of the file within the model's directory, with slashes
     * @param cards texts of the model's cards, which name its pictures
     * @param code paths of the model's own code, as {@link CustomCode} finds them
     */
    static boolean isKnown(String path, List<String> cards, Set<String> code) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return isTokenizer(name)
                || NAMES.stream().anyMatch(known -> known.matcher(name).matches())
                || POOLING.matcher(path).matches()
                || code.contains(path)
                || PICTURE.matcher(name).matches() && cards.stream().anyMatch(card -> names(card, path));
    }

    private static boolean names(String card, String path) {
        return Pattern.compile("(?<![\\w.-])" + Pattern.quote(path) + "(?![\\w.-])").matcher(card).find();
    }

    static boolean isTokenizer(String name) {
        return TOKENIZER.stream().anyMatch(known -> known.matcher(name).matches());
    }

    static boolean isCard(String name) {
        return CARD.matcher(name).matches();
    }

    /** Weights, of whatever format: those of another model, or the same in another form, never go with a copy. */
    static boolean isWeights(String name) {
        return WEIGHTS.matcher(name).matches();
    }
}
