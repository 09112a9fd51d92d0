package org.thalweg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.AlignMany;
import org.thalweg.model.CanonicalForm;
import org.thalweg.model.ModelDirectory;

/**
 * What {@code align} prints of more than two models.
 *
 * @param models that were aligned
 * @param places where each was written
 * @param done what was found
 */
record ManyAligned(List<ModelDirectory> models, List<Path> places, AlignMany.Done done) {
    /** A place inside a directory for each model, by the model's own name. */
    static List<Path> places(Path directory, List<Path> models) {
        List<Path> places = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Path model : models) {
            String name = model.toAbsolutePath().normalize().getFileName().toString();
            if (!names.add(name)) {
                throw new WrongUse("two of the models are called " + name + ", and each is written to --out under its "
                        + "own name; rename one.");
            }
            places.add(directory.resolve(name));
        }
        return places;
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        List<Map<String, Object>> written = new ArrayList<>();
        for (int model = 0; model < places.size(); model++) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("out", places.get(model).toString());
            CheckAccount.of(models.get(model), done.checked().get(model)).into(entry);
            written.add(entry);
        }
        document.put("models", written);
        document.put("objective", done.objectives());
        document.put("notes", done.notes());
        document.put("residual", done.stream().matching().name().toLowerCase(Locale.ROOT));
        document.put("residual_why", done.stream().why());
        document.put("forms", done.stream().forms().stream().map(CanonicalForm::label).toList());
        document.put("untied_head", !done.stream().untied().isEmpty());
        return document;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int model = 0; model < places.size(); model++) {
            lines.add("Wrote " + places.get(model) + ".");
            lines.addAll(CheckAccount.of(models.get(model), done.checked().get(model)).lines());
        }
        lines.add("  stream      " + done.stream().why() + (done.stream().forms().isEmpty() ? "" : "; folded ("
                + done.stream().forms().stream().map(CanonicalForm::label).collect(Collectors.joining(", ")) + ")"));
        lines.add("  rounds      sum of squared distances to the mean: " + done.objectives().stream()
                .map(objective -> String.format(Locale.ROOT, "%.6g", objective)).collect(Collectors.joining(", ")));
        done.notes().forEach(note -> lines.add("  method      " + note));
        lines.add("  path        any straight path and the simplex between the written models: thalweg path");
        return lines;
    }
}
