package dev.septet.workers.authority;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import io.temporal.activity.ActivityMethod;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No activity is forgotten: each says on behalf of which run it works, or is on the short list. */
class AuthorityCheckTest {
    @Test
    void everyActivityIsAskedOnBehalfOfARun() {
        List<String> bare = new ArrayList<>();
        List<String> all = new ArrayList<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.septet.workflows")) {
            for (JavaMethod method : type.getMethods()) {
                if (!method.isAnnotatedWith(ActivityMethod.class)) {
                    continue;
                }
                String name = method.getAnnotationOfType(ActivityMethod.class).name();
                all.add(name);
                boolean run = method.getRawParameterTypes().stream()
                        .anyMatch(asked -> asked.isAssignableTo(RunScoped.class) || asked.isEquivalentTo(RunRef.class));
                if (!run) {
                    bare.add(name);
                }
            }
        }
        assertThat(all).hasSizeGreaterThan(20).doesNotHaveDuplicates();
        assertThat(bare).containsExactlyInAnyOrder("Resolve", "Pollers", "StillUnderWay");
        assertThat(AuthorityCheck.OPEN).containsExactlyInAnyOrder("Pollers", "StillUnderWay");
    }
}
