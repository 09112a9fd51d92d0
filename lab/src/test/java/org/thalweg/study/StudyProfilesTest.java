package org.thalweg.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.failure.WrongUse;

class StudyProfilesTest {
    private static final String TEXT = SmallStudy.YAML + """
            profiles:
              paper: {replicas: 5}
              small:
                points: 3
                rank_up_to: null
                pretrain: {epochs: 1}
                experiments:
                  - {layers: 1, moe_layers: first, gating: dense, experts: 2}
            """;

    private static StudyFile parse(String text, String profile) {
        return (StudyFile) StudyReader.parse(text, "s.yaml", Optional.of(profile));
    }

    @Test
    void aProfileIsLaidOverTheFileSectionsKeyByKeyAndListsWhole() {
        StudyFile small = parse(TEXT, "small");
        StudyFile plain = SmallStudy.file();
        assertThat(small.study()).isEqualTo("small-small");
        assertThat(small.points()).contains(3);
        assertThat(small.rankUpTo()).isEmpty();
        assertThat(small.experiments()).hasSize(1);
        assertThat(small.pretrain().epochs()).isEqualTo(1);
        assertThat(small.pretrain().batch()).isEqualTo(plain.pretrain().batch());
        assertThat(small.finetune()).isEqualTo(plain.finetune());
        StudyFile paper = parse(TEXT, "paper");
        assertThat(paper.study()).isEqualTo("small-paper");
        assertThat(paper.replicas()).isEqualTo(5);
        assertThat(paper.experiments()).isEqualTo(plain.experiments());
        assertThat(StudyReader.parse(StudyReader.toYaml(paper), "again")).isEqualTo(paper);
    }

    @Test
    void withoutANameTheSmallOneIsTaken() {
        assertThat(StudyReader.parse(TEXT, "s.yaml")).isEqualTo(parse(TEXT, "small"));
        assertThatThrownBy(() -> StudyReader.parse(TEXT.replace("  small:", "  tiny:"), "s.yaml"))
                .isInstanceOf(WrongUse.class)
                .hasMessage("s.yaml has no profile 'small', it has paper, tiny; choose one with --profile.");
        assertThatThrownBy(() -> parse(SmallStudy.YAML, "paper")).isInstanceOf(WrongUse.class)
                .hasMessage("s.yaml has no profiles, so none called 'paper'; leave --profile away.");
    }

    @Test
    void aProfileCanNameTheStudyAndGiveWhatTheFileLeavesOut() {
        String text = TEXT.replace("replicas: 3\n", "")
                .replace("points: 3", "points: 3\n    replicas: 2\n    study: own");
        assertThat(parse(text, "small").study()).isEqualTo("own");
        assertThat(parse(text, "small").replicas()).isEqualTo(2);
        assertThatThrownBy(() -> parse(text.replace("replicas: 2", "seed: 2"), "small")).isInstanceOf(WrongUse.class)
                .hasMessage("s.yaml, profile small: the key 'replicas' is missing.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "points: 3 | pionts: 3 | s.yaml, line 19: unknown key 'profiles.small.pionts'; the nearest known key "
                + "is 'points'.",
        "{epochs: 1} | {epoch: 1} | s.yaml, line 21: unknown key 'profiles.small.pretrain.epoch'; the nearest known "
                + "key is 'epochs'.",
        "points: 3 | points: few | s.yaml, line 19: profiles.small.points is 'few', expected a whole number.",
        "points: 3 | points: 1 | 's.yaml, profile small: points is 1, expected 2 to 10001.'",
        "paper: {replicas: 5} | paper: five | s.yaml, line 17: profiles.paper is no section, expected keys "
                + "with values.",
        "replicas: 3 | replcas: 3 | s.yaml, line 4: unknown key 'replcas'; the nearest known key is 'replicas'.",
    })
    void mistakesAreNamedWithTheirPlace(String from, String to, String message) {
        assertThat(TEXT).contains(from);
        assertThatThrownBy(() -> StudyReader.parse(TEXT.replace(from, to), "s.yaml"))
                .isInstanceOf(WrongUse.class).hasMessage(message);
    }

    @Test
    void everyBuiltInStudyWithProfilesReadsInEachOfThem() {
        List<String> with = StudyReader.BUILT_IN.stream()
                .filter(name -> !StudyReader.profiles(name).isEmpty()).toList();
        assertThat(with).contains("table-5-mnist", "table-5-cifar10", "table-6-cifar10", "table-7-8-cifar10",
                "table-9-10-11");
        for (String name : with) {
            assertThat(StudyReader.profiles(name)).contains("small");
            for (String profile : StudyReader.profiles(name)) {
                assertThat(StudyReader.read(name, Optional.of(profile)).study()).isEqualTo(name + "-" + profile);
            }
        }
    }

    @Test
    void theTablesHaveTheRowsOfThePaper() {
        StudyFile nine = (StudyFile) StudyReader.read("table-9-10-11", Optional.of("paper"));
        assertThat(Experiment.of(nine)).hasSize(36);
        assertThat(nine.replicas()).isEqualTo(5);
        StudyFile seven = (StudyFile) StudyReader.read("table-7-8-cifar10", Optional.of("paper"));
        assertThat(Experiment.of(seven)).hasSize(12).allMatch(kind -> kind.setting().layers() == 12);
        StudyFile five = (StudyFile) StudyReader.read("table-5-cifar10", Optional.of("paper"));
        assertThat(Experiment.of(five)).hasSize(14);
        StudyFile small = (StudyFile) StudyReader.read("table-9-10-11");
        assertThat(Experiment.of(small)).hasSize(6);
        assertThat(small.trainPerClass()).isEmpty();
    }

    @Test
    void aListNamesItsPartsAndIsNoStudyWithoutThem() {
        StudyList list = (StudyList) StudyReader.parse("study: all\nparts: [quickstart, mnist]\n", "l.yaml");
        assertThat(list.parts()).containsExactly("quickstart", "mnist");
        assertThat(StudyReader.parse(StudyReader.toYaml(list), "again")).isEqualTo(list);
        assertThat(list.toMap()).containsEntry("study", "all");
        assertThatThrownBy(() -> StudyReader.parse("study: all\nparts: []\n", "l.yaml")).isInstanceOf(WrongUse.class)
                .hasMessageContaining("parts is none, expected at least one study.");
        for (String name : List.of("table-5", "table-6", "table-7-8")) {
            assertThat(StudyReader.BUILT_IN).containsAll(((StudyList) StudyReader.read(name)).parts());
        }
    }
}
