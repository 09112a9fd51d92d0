package org.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.data.TextCorpus.Tokens;
import org.thalweg.failure.WorkFailure;

class TextSetsTest {
    private static final TextReading WORDS = TextReading.all(new TokenRule.Occurring(Tokens.WORDS, 1));
    private static final UsualPlaces NOWHERE = new UsualPlaces(Optional.empty(), List.of());

    @TempDir
    private Path root;

    @Test
    void wikiTextComesInThePartsOfItsFiles() throws IOException {
        Path place = wiki("a b \n c \n", "b \n", "c a \n x \n");
        TextCorpus corpus = TextCorpus.read(TextSets.in("w", place, false), WORDS);
        assertThat(corpus.vocabulary()).isEqualTo(4);
        assertThat(corpus.train()).containsExactly(0, 1, 2, 3, 2);
        assertThat(corpus.validation()).containsExactly(1, 2);
        assertThat(corpus.test()).containsExactly(3, 0, 2, 2);
        assertThat(corpus.leftOut()).isEqualTo(1);
    }

    @Test
    void wikiTextWithoutItsTrainingFileIsRefusedUnlessItIsToBeCut() throws IOException {
        Path place = wiki("a\n", "b \n".repeat(10), "c \n".repeat(10));
        Files.delete(place.resolve("wiki.train.tokens"));
        assertThatThrownBy(() -> TextSets.in("w", place, false)).isInstanceOf(WorkFailure.class)
                .hasMessage(place + ": expected wiki.train.tokens, wiki.valid.tokens, wiki.test.tokens, found "
                        + "wiki.valid.tokens, wiki.test.tokens alone; get the others, or say 'split: cut' to cut what "
                        + "there is into parts.");
        TextCorpus corpus = TextCorpus.read(TextSets.in("w", place, true), WORDS);
        assertThat(corpus.train()).hasSizeGreaterThan(30).startsWith(0, 1, 0, 1);
        assertThat(corpus.test()).containsOnly(1, 2).hasSizeLessThan(5);
    }

    private Path wiki(String train, String valid, String test) throws IOException {
        Path place = Files.createDirectories(root.resolve("wikitext-2"));
        Files.writeString(place.resolve("wiki.train.tokens"), train);
        Files.writeString(place.resolve("wiki.valid.tokens"), valid);
        Files.writeString(place.resolve("wiki.test.tokens"), test);
        return place;
    }

    @Test
    void oneBillionWordsComesInShardsOfWhichTheFirstHeldOutIsForTests() throws IOException {
        Path place = root.resolve("1-billion-word-language-modeling-benchmark-r13output");
        Path train = Files.createDirectories(place.resolve("training-monolingual.tokenized.shuffled"));
        Path heldOut = Files.createDirectories(place.resolve("heldout-monolingual.tokenized.shuffled"));
        Files.writeString(train.resolve("news.en-00002-of-00100"), "c d\n");
        Files.writeString(train.resolve("news.en-00001-of-00100"), "a b\na b");
        Files.writeString(train.resolve("notes"), "z\n");
        Files.writeString(heldOut.resolve("news.en.heldout-00000-of-00050"), "d\n");
        Files.writeString(heldOut.resolve("news.en.heldout-00001-of-00050"), "c\n");
        TextSet set = TextSets.find("one-billion-word", Optional.of(root), false, NOWHERE);
        TextCorpus corpus = TextCorpus.read(set, WORDS);
        assertThat(corpus.train()).containsExactly(0, 1, 2, 0, 1, 2, 3, 4, 2);
        assertThat(corpus.validation()).containsExactly(3, 2);
        assertThat(corpus.test()).containsExactly(4, 2);
        TextReading few = new TextReading(WORDS.rule(), OptionalInt.of(4), OptionalInt.of(1));
        TextCorpus part = TextCorpus.read(set, few);
        assertThat(part.train()).containsExactly(0, 1, 2, 0);
        assertThat(part.vocabulary()).isEqualTo(3);
        assertThat(part.leftOut()).isEqualTo(2);
        assertThat(part.digest()).isNotEqualTo(corpus.digest());
        Files.delete(heldOut.resolve("news.en.heldout-00000-of-00050"));
        assertThatThrownBy(() -> TextSets.in("b", place, false)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("found 2, 0 and 1; unpack the official archive again");
    }

    @Test
    void labelledRowsHaveTheirClassInFrontAndTheTextBehind() throws IOException {
        Path place = Files.createDirectories(root.resolve("ag_news_csv"));
        Files.writeString(place.resolve("train.csv"), """
                "10","Rain, again","It ""rained""
                all day."
                "2","Sun","Dry."

                "10","Snow","White."
                """);
        Files.writeString(place.resolve("test.csv"), "\"2\",\"Fog\",\"Grey.\"\n");
        TextSet.Labelled set = (TextSet.Labelled) TextSets.find("ag-news", Optional.of(root), false, NOWHERE);
        assertThat(set.train().texts()).containsExactly("Rain, again It \"rained\"\nall day.", "Sun Dry.",
                "Snow White.");
        assertThat(set.train().classNames()).containsExactly("2", "10");
        assertThat(set.train().labels()).containsExactly(1, 0, 1);
        assertThat(set.test().labels()).containsExactly(0);
        TextSet.Labelled joined = (TextSet.Labelled) TextSets.in("ag-news", place, true);
        assertThat(joined.train().texts()).hasSize(4).endsWith("Fog Grey.");
        assertThat(joined.cut().test().texts()).containsExactly("Fog Grey.");
        Files.writeString(place.resolve("test.csv"), "\"3\",\"Fog\"\n");
        assertThatThrownBy(() -> TextSets.in("ag-news", place, false)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("found class '3'");
        Files.writeString(place.resolve("test.csv"), "\"3\",\"Fog\"\n\"3\"\n");
        assertThatThrownBy(() -> TextSets.in("ag-news", place.resolve("test.csv"), false))
                .isInstanceOf(WorkFailure.class)
                .hasMessage(place.resolve("test.csv") + ", row 2: expected a class, a comma and a text, found 1 "
                        + "columns; correct the row.");
        Files.writeString(place.resolve("test.csv"), "\"3\",\"Fog");
        assertThatThrownBy(() -> TextSets.in("ag-news", place.resolve("test.csv"), false))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("row 1: expected comma-separated columns");
    }

    @Test
    void foldersOfTextsAreReadInTurnsOfTheirClassesPackedOrNot() throws IOException {
        Path folder = root.resolve("movie-reviews");
        Path archive = root.resolve("movie_reviews.zip");
        try (OutputStream out = Files.newOutputStream(archive); ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String name : List.of("neg/cv0_1.txt", "neg/cv1_1.txt", "pos/cv0_2.txt", "pos/cv2_2.txt", "README")) {
                zip.putNextEntry(new ZipEntry("movie_reviews/" + name));
                zip.write(name.getBytes(StandardCharsets.UTF_8));
                Path file = folder.resolve(name);
                Files.createDirectories(file.getParent());
                Files.writeString(file, name);
            }
        }
        for (TextSet set : List.of(TextSets.in("m", folder, false), TextSets.in("m", archive, false),
                TextSets.find("movie-reviews", Optional.of(root), false, NOWHERE))) {
            TextSet.Labelled labelled = (TextSet.Labelled) set;
            assertThat(labelled.train().texts()).containsExactly(
                    "neg/cv0_1.txt", "pos/cv0_2.txt", "neg/cv1_1.txt", "pos/cv2_2.txt");
            assertThat(labelled.train().labels()).containsExactly(0, 1, 0, 1);
            assertThat(labelled.train().classNames()).containsExactly("neg", "pos");
            assertThat(labelled.test().size()).isZero();
        }
    }

    @Test
    void reviewsInPartsKeepThem() throws IOException {
        for (String name : List.of("train/pos/0.txt", "train/neg/0.txt", "train/unsup/0.txt", "test/neg/7.txt")) {
            Path file = root.resolve("aclImdb").resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        TextSet.Labelled set = (TextSet.Labelled) TextSets.find("imdb", Optional.of(root), false, NOWHERE);
        assertThat(set.train().texts()).containsExactly("train/neg/0.txt", "train/pos/0.txt");
        assertThat(set.test().texts()).containsExactly("test/neg/7.txt");
        assertThat(set.test().labels()).containsExactly(0);
        assertThat(set.withoutClasses()).isInstanceOf(TextSet.Parts.class);
    }

    @Test
    void aDirectoryOfDataSetsIsNoSetItself() throws IOException {
        for (String name : List.of("one", "two")) {
            Files.writeString(Files.createDirectories(root.resolve(name)).resolve("SOURCE.txt"), "where from");
        }
        assertThatThrownBy(() -> TextSets.find("three", Optional.of(root), false, NOWHERE))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("cannot find the text 'three': expected input.txt or text.txt, wiki.train")
                .hasMessageContaining(root.toString());
    }

    @Test
    void filesLargerThanAPassageAreReadInWholeLines() throws IOException {
        Path file = root.resolve("long");
        Files.writeString(file, "a bc\n".repeat(1_000_000) + "end");
        List<String> passages = new ArrayList<>();
        new LineFiles(List.of(file, file)).read(passage -> {
            passages.add(passage);
            return passages.size() < 3;
        });
        assertThat(passages).hasSize(3).allMatch(passage -> passage.endsWith("\n"));
        assertThat(passages.get(0) + passages.get(1)).isEqualTo("a bc\n".repeat(1_000_000) + "end\n");
        Files.write(file, new byte[] {'a', (byte) 0xff});
        assertThatThrownBy(() -> new LineFiles(List.of(file)).read(_ -> true)).isInstanceOf(WorkFailure.class)
                .hasMessage(file + ": expected text in UTF-8, found bytes that are none; get the file again.");
    }

    @Test
    void aDamagedArchiveIsOneSentence() throws IOException {
        Path archive = root.resolve("m.zip");
        Files.writeString(archive, "no archive");
        assertThatThrownBy(() -> TextSets.in("m", archive, false)).isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(archive + ": expected a whole and readable file")
                .message().doesNotContain("\n");
        try (OutputStream out = Files.newOutputStream(archive); ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("../a.txt"));
        }
        assertThatThrownBy(() -> TextSets.in("m", archive, false)).isInstanceOf(WorkFailure.class)
                .hasMessageContaining("an entry '../a.txt'");
    }

    @Test
    void aTextIsFoundInTheGivenPlaceThenInTheUsualOnes(@TempDir Path directory) throws IOException {
        Files.writeString(Files.createDirectories(directory.resolve("usual/tiny-shakespeare")).resolve("input.txt"),
                "to be");
        Files.writeString(Files.createDirectories(directory.resolve("given/tinyshakespeare")).resolve("input.txt"),
                "or not");
        UsualPlaces places = new UsualPlaces(Optional.empty(), List.of(directory.resolve("usual")));
        assertThat(text(TextSets.find("tiny-shakespeare", Optional.empty(), true, places))).containsExactly("to be");
        for (String place : List.of("given", "given/tinyshakespeare", "given/tinyshakespeare/input.txt")) {
            assertThat(text(TextSets.find("tiny-shakespeare", Optional.of(directory.resolve(place)), true, places)))
                    .containsExactly("or not");
        }
        assertThatThrownBy(() -> TextSets.find("other", Optional.of(directory), true, places))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("cannot find the text 'other': expected input.txt or text.txt, ")
                .hasMessageContaining(" in one of " + directory);
    }

    private static List<String> text(TextSet set) {
        return ((TextSet.Whole) set).texts().get();
    }
}
