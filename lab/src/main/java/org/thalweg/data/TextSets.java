package org.thalweg.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;

/** Finds and recognises sets of texts by the names of their files. */
public final class TextSets {
    private static final int LONGEST = 1 << 29;
    private static final List<String> WIKI = List.of("wiki.train.tokens", "wiki.valid.tokens", "wiki.test.tokens");
    /** What the file with the text is called in a directory. */
    private static final List<String> PLAIN = List.of("input.txt", "text.txt");
    private static final List<String> CSV = List.of("train.csv", "test.csv");
    private static final String BILLION = "1-billion-word-language-modeling-benchmark-r13output";
    private static final String BILLION_TRAIN = "training-monolingual.tokenized.shuffled";
    private static final String BILLION_HELD_OUT = "heldout-monolingual.tokenized.shuffled";
    private static final String BILLION_TEST = "news.en.heldout-00000-of-00050";

    /** Directories that official archives unpack to, beside those of a set's own name. */
    private static final List<String> SUBDIRECTORIES = List.of(BILLION, "ag_news_csv", "dbpedia_csv", "aclImdb");

    private TextSets() {}

    /**
     * The set of a name. Looks at the place given, then at directories of the set's name in it, with and without
     * hyphens, and at those that official archives unpack to; then in the places where image sets are looked for.
     *
     * @param name for example {@code wikitext-103}
     * @param given what the user passed with {@code --data}
     * @param cut whether to join and cut what comes in parts
     * @return the set; texts in parts are not read yet
     * @throws WorkFailure when no place has it, or what is there is damaged; the sentence lists the places
     */
    public static TextSet find(String name, Optional<Path> given, boolean cut) {
        return find(name, given, cut, UsualPlaces.ofThisMachine());
    }

    static TextSet find(String name, Optional<Path> given, boolean cut, UsualPlaces usual) {
        SequencedSet<Path> places = new LinkedHashSet<>();
        List<String> names = List.of(name, name.replace("-", ""));
        given.ifPresent(place -> {
            places.add(place);
            names.forEach(own -> places.add(place.resolve(own)));
            SUBDIRECTORIES.forEach(own -> places.add(place.resolve(own)));
        });
        names.forEach(own -> places.addAll(usual.of(own)));
        // Any directory of data sets has folders with texts in them, so a place must bear the set's name for these.
        return places.stream().map(place -> at(name, place, cut,
                        Stream.concat(names.stream(), SUBDIRECTORIES.stream()).anyMatch(place::endsWith)))
                .flatMap(Optional::stream).findFirst()
                .orElseThrow(() -> new WorkFailure("cannot find the text '" + name + "': expected " + wanted()
                        + " in one of " + places.stream().map(Path::toString).collect(Collectors.joining(", "))
                        + ", found none; pass the file or its directory with --data, or name it in the study's "
                        + "file, by the key 'texts.place' or 'text'."));
    }

    /**
     * The set in a place.
     *
     * @param name of the set
     * @param place a file, or a directory; one that is no set's is taken for plain text in all its files
     * @param cut whether to join and cut what comes in parts
     * @return the set; texts in parts are not read yet
     * @throws WorkFailure when there is none, or it is damaged
     */
    public static TextSet in(String name, Path place, boolean cut) {
        return at(name, place, cut, true).orElseGet(() -> {
            if (!Files.isDirectory(place)) {
                throw Refusal.of(place.toString(), "a file or directory with text", "none", "check the path");
            }
            return new TextSet.Whole(name, () -> TextFiles.read(place, LONGEST));
        });
    }

    private static Optional<TextSet> at(String name, Path place, boolean cut, boolean folders) {
        if (Files.isRegularFile(place)) {
            return Optional.of(file(name, place));
        }
        if (!Files.isDirectory(place)) {
            return Optional.empty();
        }
        return Stream.<Supplier<Optional<TextSet>>>of(
                        () -> wikiText(name, place, cut),
                        () -> oneBillionWords(name, place),
                        () -> csv(name, place, cut),
                        () -> plain(name, place),
                        () -> folders ? zip(name, place) : Optional.empty(),
                        () -> folders ? FolderTexts.in(name, place) : Optional.empty())
                .map(Supplier::get).flatMap(Optional::stream).findFirst();
    }

    private static TextSet file(String name, Path file) {
        String lower = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (lower.endsWith(".csv")) {
            LabelledTexts rows = CsvTexts.whole(file);
            return new TextSet.Labelled(name, rows, LabelledTexts.none(rows.classNames()));
        }
        return lower.endsWith(".zip") ? FolderTexts.zip(name, file)
                : new TextSet.Whole(name, () -> TextFiles.read(file, LONGEST));
    }

    private static Optional<TextSet> wikiText(String name, Path place, boolean cut) {
        List<Path> there = present(place, WIKI);
        if (there.isEmpty()) {
            return Optional.empty();
        }
        if (cut) {
            return Optional.of(new TextSet.Whole(name, () -> {
                List<String> texts = new ArrayList<>();
                there.forEach(file -> texts.addAll(TextFiles.read(file, LONGEST)));
                return texts;
            }));
        }
        if (there.size() < WIKI.size()) {
            throw missing(place, WIKI, there);
        }
        return Optional.of(new TextSet.Parts(name, new LineFiles(List.of(there.get(0))),
                new LineFiles(List.of(there.get(1))), new LineFiles(List.of(there.get(2)))));
    }

    private static Optional<TextSet> oneBillionWords(String name, Path place) {
        if (!Files.isDirectory(place.resolve(BILLION_TRAIN)) || !Files.isDirectory(place.resolve(BILLION_HELD_OUT))) {
            return Optional.empty();
        }
        List<Path> train = shards(place.resolve(BILLION_TRAIN), "news.en-");
        List<Path> heldOut = shards(place.resolve(BILLION_HELD_OUT), "news.en.heldout-");
        List<Path> test = heldOut.stream().filter(file -> file.getFileName().toString().equals(BILLION_TEST)).toList();
        List<Path> validation = heldOut.stream().filter(file -> !test.contains(file)).toList();
        if (train.isEmpty() || test.isEmpty() || validation.isEmpty()) {
            throw Refusal.of(place.toString(), "shards " + BILLION_TRAIN + "/news.en-*, " + BILLION_HELD_OUT + "/"
                    + BILLION_TEST + " and others held out", train.size() + ", " + test.size() + " and "
                    + validation.size(), "unpack the official archive again");
        }
        return Optional.of(new TextSet.Parts(name, new LineFiles(train), new LineFiles(validation),
                new LineFiles(test)));
    }

    private static List<Path> shards(Path directory, String start) {
        return Listing.of(directory, path -> Files.isRegularFile(path)
                && path.getFileName().toString().matches(Pattern.quote(start) + "[0-9]+-of-[0-9]+"));
    }

    private static Optional<TextSet> csv(String name, Path place, boolean cut) {
        List<Path> there = present(place, CSV);
        if (there.isEmpty()) {
            return Optional.empty();
        }
        if (!cut && there.size() < CSV.size()) {
            throw missing(place, CSV, there);
        }
        if (there.size() == 1) {
            return Optional.of(file(name, there.getFirst()));
        }
        TextSet.Labelled parts = CsvTexts.parts(name, there.get(0), there.get(1));
        return Optional.of(cut ? parts.joined() : parts);
    }

    private static Optional<TextSet> plain(String name, Path place) {
        return present(place, PLAIN).stream().findFirst().map(file -> file(name, file));
    }

    private static Optional<TextSet> zip(String name, Path place) {
        List<Path> archives = Listing.of(place, path -> Files.isRegularFile(path)
                && path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".zip"));
        return archives.size() == 1 ? Optional.of(file(name, archives.getFirst())) : Optional.empty();
    }

    private static List<Path> present(Path place, List<String> names) {
        return names.stream().map(place::resolve).filter(Files::isRegularFile).toList();
    }

    private static WorkFailure missing(Path place, List<String> wanted, List<Path> there) {
        return Refusal.of(place.toString(), String.join(", ", wanted), there.stream()
                        .map(path -> path.getFileName().toString()).collect(Collectors.joining(", ")) + " alone",
                "get the others, or say 'split: cut' to cut what there is into parts");
    }

    private static String wanted() {
        return String.join(" or ", PLAIN) + ", " + String.join(", ", WIKI) + ", " + BILLION_TRAIN + ", "
                + String.join(" and ", CSV) + ", one .zip or a folder of texts for each class";
    }
}
