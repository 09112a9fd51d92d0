package org.thalweg.spark;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.BaseStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.cli.Thalweg;
import org.thalweg.failure.WorkFailure;
import org.thalweg.study.StudyReader;

/** Who may know whom: the table of arrows stands in ARCHITECTURE.md and is read from there. */
class ArchitectureTest {
    private static final String OURS = "org.thalweg.";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importLocations(Stream.of(AssignmentSolver.class, WorkFailure.class, StudyReader.class, Thalweg.class,
                            SparkCluster.class)
                    .map(ArchitectureTest::module)
                    .toList());

    /** The directory or jar that a class is in; the class path also holds large jars that are not ours. */
    private static Location module(Class<?> one) {
        String place = one.getProtectionDomain().getCodeSource().getLocation().toString();
        return Location.of(URI.create(place.endsWith(".jar") ? "jar:" + place + "!/" : place));
    }

    /** Lines {@code name -> name name} of the block that starts with {@code ```arrows}. */
    private static Map<String, Set<String>> arrows() throws IOException {
        Map<String, Set<String>> arrows = new LinkedHashMap<>();
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("..", "ARCHITECTURE.md"))) {
            if (line.startsWith("```")) {
                inside = line.equals("```arrows");
            } else if (inside && !line.isBlank()) {
                String[] sides = line.split("->", -1);
                assertThat(sides).as(line).hasSize(2);
                Set<String> targets = new TreeSet<>(Set.of(sides[1].strip().split("\\s+")));
                targets.remove("");
                arrows.put(sides[0].strip(), targets);
            }
        }
        return arrows;
    }

    private static String packageOf(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(OURS) ? name.substring(OURS.length()) : "";
    }

    @Test
    void packagesKnowOnlyWhomTheTableNames() throws IOException {
        Map<String, Set<String>> found = new TreeMap<>();
        Map<String, String> examples = new TreeMap<>();
        for (JavaClass type : CLASSES) {
            Set<String> targets = found.computeIfAbsent(packageOf(type), name -> new TreeSet<>());
            type.getDirectDependenciesFromSelf().forEach(dependency -> {
                String target = packageOf(dependency.getTargetClass().getBaseComponentType());
                if (!target.isEmpty() && !target.equals(packageOf(type))) {
                    targets.add(target);
                    examples.putIfAbsent(packageOf(type) + " -> " + target, dependency.getDescription());
                }
            });
        }
        Map<String, Set<String>> allowed = arrows();
        assertThat(found.keySet()).isEqualTo(new TreeSet<>(allowed.keySet()));
        found.forEach((name, targets) -> targets.forEach(target ->
                assertThat(allowed.get(name)).as(examples.get(name + " -> " + target)).contains(target)));
    }

    @Test
    void tableHasNoWayBack() throws IOException {
        Map<String, Set<String>> left = new LinkedHashMap<>(arrows());
        while (!left.isEmpty()) {
            Set<String> free = new TreeSet<>();
            left.forEach((name, targets) -> {
                if (targets.stream().noneMatch(left::containsKey)) {
                    free.add(name);
                }
            });
            assertThat(free).as("a cycle among " + left.keySet()).isNotEmpty();
            left.keySet().removeAll(free);
        }
    }

    @Test
    void everyModuleIsLookedAt() {
        assertThat(CLASSES).hasSizeGreaterThan(200);
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching("org.thalweg.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyTheTensorPackageTouchesTheBinding() {
        noClasses().that().resideOutsideOfPackage("org.thalweg.tensor..")
                .should().dependOnClassesThat().resideInAPackage("org.bytedeco..").check(CLASSES);
    }

    /** A parallel stream fails while other threads work on, with tensors that are freed then; images are not freed. */
    @Test
    void onlyImagesAreDecodedInParallelStreams() {
        DescribedPredicate<JavaMethodCall> makesAStreamParallel = describe("make a stream parallel", call ->
                call.getName().startsWith("parallel") && (call.getTargetOwner().isAssignableTo(BaseStream.class)
                        || call.getTargetOwner().isAssignableTo(Collection.class)));
        noClasses().that().resideOutsideOfPackage("org.thalweg.data..")
                .should().callMethodWhere(makesAStreamParallel).check(CLASSES);
    }

    @Test
    void onlyTheSparkPackageKnowsSpark() {
        noClasses().that().resideOutsideOfPackage("org.thalweg.spark..")
                .should().dependOnClassesThat().resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..",
                        "scala..").check(CLASSES);
    }

    @Test
    void onlyTheCommandLineSpeaksAndExits() {
        noClasses().that().resideOutsideOfPackage("org.thalweg.cli..")
                .should().accessField(System.class, "out")
                .orShould().accessField(System.class, "err")
                .orShould().callMethod(System.class, "exit", int.class)
                .orShould().callMethod(Runtime.class, "exit", int.class)
                .orShould().callMethod(Runtime.class, "halt", int.class)
                .orShould().callMethod(Throwable.class, "printStackTrace").check(CLASSES);
        noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..").check(CLASSES);
    }

    @Test
    void thingsAreNamedForWhatTheyAre() {
        noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager)(\\$.*)?").check(CLASSES);
        noClasses().should().resideInAnyPackage("..util..", "..common..", "..misc..", "..helper..").check(CLASSES);
    }

    @Test
    void nothingIsGlobalAndChanges() {
        fields().that().areStatic().should().beFinal().check(CLASSES);
        for (Class<?> changing : Set.of(AtomicBoolean.class, AtomicInteger.class, AtomicLong.class,
                AtomicReference.class, ConcurrentHashMap.class, ThreadLocal.class, StringBuilder.class)) {
            fields().that().haveRawType(changing).should().notBeStatic().allowEmptyShould(true).check(CLASSES);
        }
    }
}
