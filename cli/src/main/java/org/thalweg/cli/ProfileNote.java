package org.thalweg.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.thalweg.study.StudyReader;

/** Says which profile of a study is taken when the user named none. */
final class ProfileNote {
    private ProfileNote() {}

    /** One line on standard error, where the study has profiles and none was named. */
    static void print(PrintWriter errors, String study, Optional<String> profile) {
        List<String> profiles = StudyReader.profiles(study);
        if (profile.isEmpty() && !profiles.isEmpty()) {
            errors.println("thalweg: " + study + " in its profile '" + StudyReader.USUAL_PROFILE
                    + "', since --profile names none; it has "
                    + profiles.stream().collect(Collectors.joining(", ")) + ".");
            errors.flush();
        }
    }
}
