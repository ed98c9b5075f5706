package dev.septet.walls;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What holds in every module's packages. Each module's walls are checked before its tests, so that
 * a breach is told within seconds.
 */
@Tag("walls")
public abstract class RoomRules {
    /** Files of the largest package; {@code package-info.java} counts. */
    private static final int LARGEST_PACKAGE = 31;

    /** Scanned once, not for every test. */
    private static final Map<Class<?>, JavaClasses> MODULES = new ConcurrentHashMap<>();

    private final JavaClasses module;

    /**
     * Scans a module's own classes.
     *
     * @param anchor any class of the module
     */
    protected RoomRules(Class<?> anchor) {
        this.module = MODULES.computeIfAbsent(
                anchor,
                any -> new ClassFileImporter()
                        .importUrl(any.getProtectionDomain().getCodeSource().getLocation()));
    }

    /** Packages of which each has at least five classes: a guard that something was scanned. */
    protected abstract List<String> rooms();

    /** Packages whose sub-packages must not depend on each other in circles. */
    protected abstract List<String> withoutCircles();

    /** Classes that may write to standard output. */
    protected DescribedPredicate<JavaClass> printing() {
        return DescribedPredicate.alwaysFalse();
    }

    @Test
    void classesWereScanned() {
        for (String room : rooms()) {
            assertThat(module.stream().filter(type -> type.getPackageName().startsWith(room)))
                    .as("classes of %s that were scanned", room)
                    .hasSizeGreaterThan(4);
        }
    }

    @Test
    void packagesDoNotDependOnEachOtherInCircles() {
        for (String root : withoutCircles()) {
            check(slices().matching(root + ".(*)..").should().beFreeOfCycles());
        }
    }

    /** A timer follows the machine's clock: when the clock is set back, it stops. */
    @Test
    void nothingIsRepeatedByAClockThatJumps() {
        check(noClasses().should().dependOnClassesThat().haveFullyQualifiedName("java.util.Timer"));
    }

    @Test
    void onlyTheCommandLineWritesToStandardStreams() {
        check(noClasses()
                .that(are(DescribedPredicate.not(printing())))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                // Of a module whose every class may print.
                .allowEmptyShould(true));
    }

    @Test
    void nobodyDeserializesObjectsAndOnlyTheVocabularyReflects() {
        check(noClasses().should().dependOnClassesThat().belongToAnyOf(ObjectInputStream.class));
        check(noClasses()
                .that(are(DescribedPredicate.not(resideInAnyPackage(
                        "dev.septet.dsl.vocabulary..",
                        // Temporal's data converters are given a
                        // Type.
                        "dev.septet.workflows.payload.."))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect.."));
    }

    @Test
    void everyPackageIsNullMarked() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> packages = files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .distinct()
                    .toList();
            assertThat(packages).isNotEmpty();
            for (Path folder : packages) {
                assertThat(folder.resolve("package-info.java")).content().contains("@NullMarked");
            }
        }
    }

    @Test
    void packagesAreSmallAndNoToolIgnoresThem() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path folder : files.filter(Files::isDirectory).toList()) {
                try (Stream<Path> types = Files.list(folder)) {
                    assertThat(types.filter(file -> file.toString().endsWith(".java")))
                            .as("files of %s", folder)
                            .hasSizeLessThanOrEqualTo(LARGEST_PACKAGE);
                }
                assertThat(folder.getFileName().toString()).isNotIn("target", "spec", "build", "out", "bin", "dist");
            }
        }
    }

    /** Checks a rule on the module's classes. */
    protected void check(ArchRule rule) {
        rule.check(module);
    }
}
