package org.thalweg.symmetry.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.thalweg.failure.WorkFailure;
import org.thalweg.failure.WrongUse;

/** Mistakes in specification files are refused with file, line and key, in words that people use. */
class SpecMistakesTest {
    private static void assertWrong(String yaml, String message) {
        assertThatThrownBy(() -> ArchitectureSpec.parse(yaml, "mine.yaml"))
                .isInstanceOf(WrongUse.class).hasMessage(message);
    }

    @Test
    void entriesOfNothingAreRefusedWhereTheyStand() {
        assertWrong("name: x\nspaces:\n  -\n", "mine.yaml line 3: here stands nothing, expected a section with keys.");
        assertWrong("name: x\nflags:\n  - a\n  - ~\n",
                "mine.yaml line 4: under 'flags' stands nothing, expected a text.");
        assertWrong("name: x\nignore: [null]\n", "mine.yaml line 2: under 'ignore' stands nothing, expected a text.");
        assertWrong("name: x\naliases: {a: }\n", "mine.yaml line 2: under 'aliases' stands nothing, expected a text.");
        assertWrong("name: x\ntensors:\n  - {name: w, part scale: [~]}\n",
                "mine.yaml line 3: under 'part scale' stands nothing, expected a list.");
        assertWrong("name: x\ntensors:\n  - {name: w, axes: [~]}\n",
                "mine.yaml line 3: under 'axes' stands nothing, expected a text.");
        assertWrong("name: x\nspaces:\n  - {name: a, group: }\n", "mine.yaml line 3: a space has no 'group'.");
        assertWrong("name: x\nspaces:\n  - {group: none}\n", "mine.yaml line 3: a space has no 'name'.");
        assertWrong("name: x\npacked:\n  - {name: a}\n", "mine.yaml line 3: an entry of 'packed' has no 'holds'.");
        assertWrong("name: x\ncopies:\n  - {name: a}\n", "mine.yaml line 3: an entry of 'copies' has no 'of'.");
        assertWrong("", "mine.yaml is no architecture: the key 'name' is missing.");
        assertWrong("name: ~\n", "mine.yaml is no architecture: the key 'name' is missing.");
    }

    @Test
    void inclusionsAreRefusedInTheFileThatIncludes() {
        assertWrong("name: x\ninclude:\n  - {tensors: a}\n",
                "mine.yaml line 3: an entry of 'include' has no 'fragment'.");
        assertWrong("name: x\ninclude:\n  - {fragment: nothing}\n",
                "mine.yaml line 3: no architecture 'nothing' comes with Thalweg; name a specification file.");
        assertWrong("name: x\ninclude:\n  - {fragment: ../secret}\n",
                "mine.yaml line 3: '../secret' is not the name of an architecture.");
        assertWrong("name: x\ninclude:\n  - {fragment: llama}\n",
                "mine.yaml line 3: the fragment 'llama' has inclusions itself; include those directly.");
        assertWrong("name: x\ninclude: [" + "{fragment: gated-mlp},".repeat(18_000) + "]\n",
                "mine.yaml line 2: 'include' lists 18000 entries, more than the 64 that an architecture needs.");
    }

    @Test
    void aMistakeThatAnInclusionMakesNamesBothFiles() {
        assertThatThrownBy(() -> ArchitectureSpec.parse(
                        "name: x\n\ninclude:\n  - {fragment: gated-mlp, spaces: mlp, where: {layer: layers}}\n",
                        "mine.yaml"))
                .isInstanceOf(WrongUse.class)
                .message().startsWith("mine.yaml line 4 (gated-mlp.yaml line ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "name: x@about: >@  several lines@  of text@spaces:@  - {name: a, gruop: none} | 6",
        "name: x@about: 'one@@  two'@gruop: none | 5",
        "name: x@about: \"one \\@  two\"@spaces: none | 4",
        "name: x@spaces:@  - name: a@    group: none@  - name: b@    group: nothing | 6",
        "name: x@spaces:@\t- name: a | 3",
        "name: x@spaces: [@  {name: a,@  group: none | 4",
        "name: x@spaces: []@spaces: [] | 3",
        "name: x@@ignore:@  - w@  - 'w{' | 5",
        "name: x@---@name: y | 3",
        "name: x@indices: {e: '[a'} | 2",
        "name: x@flags: [a, &b c, *b] | 2",
        "name: x@flags: {a: b} | 2",
        "[a, b]: x | 1",
        "- a | 1",
        "name: [[[[[[[[[[[[[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]]]]]]]]]]]] | 1",
        "name: !!java.lang.String {a: b} | 1",
        "name: \"\\e[31m\" | 1",
        "name: x@tensors:@  - {name: w, in out: perhaps} | 3"
    })
    void theLineIsThatOfTheMistakeAndNoWordIsJargon(String yaml, int line) {
        assertThatThrownBy(() -> ArchitectureSpec.parse(yaml.replace('@', '\n'), "mine.yaml"))
                .isInstanceOf(WrongUse.class)
                .message().startsWith("mine.yaml line " + line + ": ").isNotEqualTo("mine.yaml line " + line + ": ")
                .doesNotContain("java", "LinkedHashMap", "ArrayList", "LoaderOptions", "org.", "token", "<block",
                        "mapping", "scalar", "sequence", "anchor", "\n", "\u001b");
    }

    @Test
    void aCharacterThatYamlForbidsIsNamedWithItsLine() {
        assertWrong("name: x\nabout: a\u001bb\n",
                "mine.yaml line 2: the text holds the character \\u001b, which YAML does not allow; remove it.");
    }

    @Test
    void anUnknownGroupIsNamedBesideTheKnown() {
        assertThatThrownBy(() -> ArchitectureSpec.parse("name: x\nspaces:\n  - {name: a, group: permutaton}\n", "m"))
                .isInstanceOf(WrongUse.class)
                .message().startsWith("m line 3: there is no group 'permutaton'; known are none, permutation, ");
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 100_000})
    void namesWithVeryManyVariablesAreRefused(int variables) {
        String name = "a" + ".{v}".repeat(variables);
        assertThatThrownBy(() -> ArchitectureSpec.parse("name: x\nignore:\n  - '" + name + "'\n", "m"))
                .isInstanceOf(WrongUse.class).message().startsWith("m line 3: ");
    }

    @Test
    void aHundredThousandVariablesOfManyNamesAreRefused() {
        String indices = IntStream.range(0, 100_000).mapToObj(i -> "v" + i + ": a").collect(Collectors.joining(", "));
        assertThatThrownBy(() -> ArchitectureSpec.parse("name: x\nindices: {" + indices + "}\n", "m"))
                .isInstanceOf(WrongUse.class).message().startsWith("m line 2: 'indices' has more than the 1000 keys");
    }

    @Test
    void numbersInNamesAreFoundWithoutGoingBack() {
        assertThatThrownBy(() -> ArchitectureSpec.parse("name: x\nignore: ['a.{v}{w}']\n", "m"))
                .isInstanceOf(WrongUse.class)
                .hasMessage("m line 2: the name 'a.{v}{w}' in an architecture has digits or another variable directly "
                        + "behind a variable, so that nobody can tell where its number ends.");
        ArchitectureSpec spec = ArchitectureSpec.parse("name: x\nignore: ['" + "{v}.".repeat(16) + "']\n", "m");
        String name = "1111111.".repeat(15) + "2";
        assertThatThrownBy(() -> spec.bind(Map.of(name, new long[] {1}), new Conditions(Set.of(), Map.of(), Map.of())))
                .isInstanceOf(WorkFailure.class).hasMessageContaining("is unknown to the architecture 'x'");
    }

    @Test
    void aliasesThatDoubleANameAgainAndAgainAreRefused() {
        String aliases = IntStream.range(0, 25)
                .mapToObj(i -> (char) ('a' + i) + ": " + ((char) ('b' + i) + "").repeat(2))
                .collect(Collectors.joining(", "));
        ArchitectureSpec spec = ArchitectureSpec.parse("name: x\naliases: {" + aliases + "}\n", "m");
        assertThatThrownBy(() -> spec.stored(Map.of("a", new long[] {1})))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("the aliases of the architecture make the tensor's name 'a' longer than 65536 characters; "
                        + "let each alias stand for less.");
    }

    @Test
    void aVariableThatIsNoWholePartOfASpacesNameIsRefused() {
        ArchitectureSpec spec = ArchitectureSpec.parse("""
                name: x
                ranges: [layers]
                spaces:
                  - {name: 'a{layer}', group: permutation, where: {layer: layers}}
                tensors:
                  - {name: 'w.{layer}', axes: ['a{layer}'], where: {layer: layers}}
                """, "m");
        assertThatThrownBy(() -> spec.bind(Map.of("w.1", new long[] {2}),
                        new Conditions(Set.of(), Map.of("layers", Set.of(1)), Map.of())))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("the tensor 'w.1' uses 'a1', which is no space of the architecture 'x'; in names of spaces "
                        + "a variable stands alone between dots.");
    }

    @Test
    void aTensorOfVeryManyAxesIsShownInPart() {
        ArchitectureSpec spec = ArchitectureSpec.parse("name: x\nspaces:\n  - {name: a, group: none}\ntensors:\n"
                + "  - {name: w, axes: [" + "a, ".repeat(700) + "a]}\n", "m");
        assertThatThrownBy(() -> spec.bind(Map.of("w", new long[] {2}), new Conditions(Set.of(), Map.of(), Map.of())))
                .isInstanceOf(WorkFailure.class).message().hasSizeLessThan(500);
    }

    @Test
    void truthValuesAndNumbersAreTextsWhereATextIsExpected() {
        ArchitectureSpec spec = ArchitectureSpec.parse("name: 7\nflags: [true]\n", "m");
        assertThat(spec.name()).isEqualTo("7");
    }
}
