package org.thalweg.cli;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.thalweg.failure.WrongUse;
import org.thalweg.model.MemoryPlan;
import picocli.CommandLine.Option;

/** How much memory a command may take. */
final class MemoryOption {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,6})?) *([kmgt]?i?b?)");

    @Option(names = "--memory-limit", paramLabel = "SIZE",
            description = "Refuse work that may take more memory, mapped files included: a number with KB, MB, GB or "
                    + "TB (powers of 1000) or KiB, MiB, GiB or TiB; when absent the memory of this machine.")
    private Optional<String> limit = Optional.empty();

    /** Bytes that may be taken. */
    long bytes() {
        return limit.map(size -> bytes("--memory-limit", size)).orElseGet(MemoryPlan::ofMachine);
    }

    /** The bytes of a size that an option gives. */
    static long bytes(String option, String text) {
        Matcher size = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            throw new WrongUse(option + " is '" + text + "', expected a size such as 6GB or 1500MiB.");
        }
        String unit = size.group(2);
        double base = unit.contains("i") ? 1024 : 1000;
        double factor = unit.isEmpty() || unit.equals("b") ? 1 : Math.pow(base, "kmgt".indexOf(unit.charAt(0)) + 1);
        return (long) (Double.parseDouble(size.group(1)) * factor);
    }
}
