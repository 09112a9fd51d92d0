package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.thalweg.failure.WorkFailure;
import org.thalweg.storage.Digest;

class ArtifactStoreTest {
    private final ArtifactStore.Address address =
            new ArtifactStore.Address("match", "a-b", Digest.ofText("the step and its inputs"));
    private final List<String> warnings = new ArrayList<>();
    private ArtifactStore store;
    private ArtifactStore.Artifact made;

    @BeforeEach
    void make(@TempDir Path root) {
        store = new ArtifactStore(root);
        made = fill();
    }

    private ArtifactStore.Artifact fill() {
        return store.make(address, directory -> {
            Files.writeString(directory.resolve("one.txt"), "first");
            Files.createDirectory(directory.resolve("inner"));
            Files.writeString(directory.resolve("inner/two.txt"), "second");
        });
    }

    /** An alteration, and what is said of it. */
    private void assertNamedRemovedAndMadeAgain(String complaint) {
        assertThat(store.find(address, warnings::add)).isEmpty();
        assertThat(warnings).containsExactly(
                "the artifact " + made.directory() + " is damaged (" + complaint + ") and is made again.");
        assertThat(made.directory()).doesNotExist();
        assertThat(fill()).isEqualTo(made);
    }

    @Test
    void findsWhatItMade() {
        assertThat(store.find(address, warnings::add)).contains(made);
        assertThat(warnings).isEmpty();
        assertThat(made.directory().getFileName()).hasToString("a-b-" + address.key().brief());
    }

    @Test
    void findsNothingForAnotherKey() {
        ArtifactStore.Address other = new ArtifactStore.Address("match", "a-b", Digest.ofText("other"));
        assertThat(store.find(other, warnings::add)).isEmpty();
        assertThat(warnings).isEmpty();
    }

    @Test
    void contentDependsOnNamesAndBytesOnly(@TempDir Path elsewhere) {
        ArtifactStore.Address other = new ArtifactStore.Address("measure", "c", Digest.ofText("other"));
        ArtifactStore.Artifact equal = new ArtifactStore(elsewhere).make(other, directory -> {
            Files.createDirectory(directory.resolve("inner"));
            Files.writeString(directory.resolve("inner/two.txt"), "second");
            Files.writeString(directory.resolve("one.txt"), "first");
        });
        assertThat(equal.content()).isEqualTo(made.content());
    }

    @Test
    void anAlteredFileIsNamed() throws IOException {
        Files.writeString(made.directory().resolve("one.txt"), "First");
        assertNamedRemovedAndMadeAgain("one.txt has SHA-256 " + Digest.ofText("First").brief() + "…, sealed as "
                + Digest.ofText("first").brief() + "…");
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        Files.delete(made.directory().resolve("inner/two.txt"));
        assertNamedRemovedAndMadeAgain("inner/two.txt is missing");
    }

    @Test
    void anExtraFileIsNamed() throws IOException {
        Files.writeString(made.directory().resolve("inner/three.txt"), "third");
        assertNamedRemovedAndMadeAgain("inner/three.txt is not in its seal");
    }

    @Test
    void aMissingSealIsNamed() throws IOException {
        Files.delete(made.directory().resolve("artifact.json"));
        assertNamedRemovedAndMadeAgain("artifact.json cannot be read");
    }

    @Test
    void aTornSealIsNamed() throws IOException {
        Path seal = made.directory().resolve("artifact.json");
        Files.writeString(seal, Files.readString(seal).substring(0, 40));
        assertNamedRemovedAndMadeAgain("artifact.json is no JSON");
    }

    @Test
    void anEmptySealIsNamed() throws IOException {
        Files.writeString(made.directory().resolve("artifact.json"), "");
        assertNamedRemovedAndMadeAgain("its seal names another key");
    }

    @Test
    void aSealOfDeepNestingIsNoJson() throws IOException {
        Files.writeString(made.directory().resolve("artifact.json"), "[".repeat(1 << 20));
        assertNamedRemovedAndMadeAgain("artifact.json is no JSON");
    }

    @Test
    void anotherArtifactsSealIsNamed() throws IOException {
        Path seal = made.directory().resolve("artifact.json");
        Files.writeString(seal, Files.readString(seal).replace(address.key().hex(), Digest.ofText("x").hex()));
        assertNamedRemovedAndMadeAgain("its seal names another key");
    }

    @Test
    void aFileInItsPlaceIsNamed() throws IOException {
        org.thalweg.storage.DurableDirectory.deleteRecursively(made.directory());
        Files.writeString(made.directory(), "no directory");
        assertNamedRemovedAndMadeAgain("artifact.json cannot be read");
    }

    @Test
    void aFailingFillerLeavesNothing(@TempDir Path root) throws IOException {
        ArtifactStore empty = new ArtifactStore(root);
        assertThatThrownBy(() -> empty.make(address, directory -> {
            Files.writeString(directory.resolve("half"), "x");
            throw new IllegalStateException("as it happens");
        })).isInstanceOf(IllegalStateException.class).hasMessage("as it happens");
        assertThatThrownBy(() -> empty.make(address, directory -> {
            throw new IOException("No space left on device");
        })).isInstanceOf(WorkFailure.class)
                .hasMessage("cannot write " + empty.directory(address)
                        + ": the disk is full, free some space and run again: what was finished is kept.");
        assertThat(empty.find(address, warnings::add)).isEmpty();
        try (Stream<Path> left = Files.walk(root)) {
            assertThat(left).allMatch(path -> path.equals(root) || path.equals(root.resolve("match")));
        }
    }
}
