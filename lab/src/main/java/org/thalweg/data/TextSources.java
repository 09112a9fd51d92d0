package org.thalweg.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.failure.WorkFailure;

/** Finds the text of a study by its name: in the place the user names, then where image sets are looked for. */
public final class TextSources {
    /** The name under which the plays of Shakespeare's are known that Karpathy's char-rnn came with. */
    public static final String TINY_SHAKESPEARE = "tiny-shakespeare";

    /** What the file with the text is called in a directory. */
    static final List<String> FILES = List.of("input.txt", "text.txt");

    private TextSources() {}

    /**
     * The file for a name. Looks at the place given (a file, or a directory with {@code input.txt} or {@code text.txt}
     * in it or in the directory of the text's name), then in the directories where image sets are looked for.
     *
     * @param name for example {@code tiny-shakespeare}; its directory may also be called {@code tinyshakespeare}
     * @param given what the user passed with {@code --data}
     * @return a file
     * @throws WorkFailure when no place has it; the sentence lists the places
     */
    public static Path find(String name, Optional<Path> given) {
        return find(name, given, UsualPlaces.ofThisMachine());
    }

    static Path find(String name, Optional<Path> given, UsualPlaces usual) {
        SequencedSet<Path> places = new LinkedHashSet<>();
        String joined = name.replace("-", "");
        given.ifPresent(place -> places.addAll(List.of(place, place.resolve(name), place.resolve(joined))));
        places.addAll(usual.of(name));
        places.addAll(usual.of(joined));
        return places.stream().flatMap(TextSources::at).filter(Files::isRegularFile).findFirst()
                .orElseThrow(() -> new WorkFailure("cannot find the text '" + name + "': expected "
                        + String.join(" or ", FILES) + " in one of "
                        + places.stream().map(Path::toString).collect(Collectors.joining(", "))
                        + ", found none; pass the file or its directory with --data, or name it by the key 'text'."));
    }

    private static Stream<Path> at(Path place) {
        return Stream.concat(Stream.of(place), FILES.stream().map(place::resolve));
    }
}
