package dev.septet.activities.train.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.train.command.DeclaredTrainers;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifests and the declaration of the page trainers.md. */
class KubernetesPageTest {
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    /** What the page's role allows, such as {@code get batch/jobs}. */
    static Set<String> allowed() {
        Set<String> allowed = new TreeSet<>();
        manifests(Role.class)
                .forEach(role -> role.getRules()
                        .forEach(rule -> rule.getApiGroups()
                                .forEach(group -> rule.getResources()
                                        .forEach(resource -> rule.getVerbs()
                                                .forEach(verb ->
                                                        allowed.add("%s %s/%s".formatted(verb, group, resource)))))));
        return allowed;
    }

    @Test
    void theRoleIsBoundAndTheClaimIsShared() {
        Role role = manifests(Role.class).findFirst().orElseThrow();
        RoleBinding binding = manifests(RoleBinding.class).findFirst().orElseThrow();
        assertThat(binding.getRoleRef().getName()).isEqualTo(role.getMetadata().getName());
        assertThat(binding.getMetadata().getNamespace())
                .isEqualTo(role.getMetadata().getNamespace());
        assertThat(manifests(PersistentVolumeClaim.class)
                        .findFirst()
                        .orElseThrow()
                        .getSpec()
                        .getAccessModes())
                .containsExactly("ReadWriteMany");
    }

    @Test
    void theDeclarationIsValid(@TempDir Path temp) throws IOException {
        Path file = temp.resolve("trainers.yaml");
        String section = blocks().filter(block -> block.startsWith("kubernetes:"))
                .findFirst()
                .orElseThrow();
        Files.writeString(file, "trainers: {trl: {command: [python3, /opt/trl/train.py]}}\n" + section);
        KubernetesCluster cluster = DeclaredTrainers.kubernetes(file);
        assertThat(manifests(PersistentVolumeClaim.class))
                .extracting(claim -> claim.getMetadata().getName())
                .containsExactly(cluster.claim());
        assertThat(cluster.namespaces())
                .contains(manifests(Role.class)
                        .findFirst()
                        .orElseThrow()
                        .getMetadata()
                        .getNamespace());
    }

    private static <T extends HasMetadata> Stream<T> manifests(Class<T> kind) {
        return blocks().filter(block -> block.contains("kind: "))
                .flatMap(block -> List.of(block.split("\n---\n", -1)).stream())
                .map(text -> new KubernetesSerialization().<Object>unmarshal(text))
                .filter(kind::isInstance)
                .map(kind::cast);
    }

    private static Stream<String> blocks() {
        try {
            return YAML.matcher(Files.readString(Path.of("../../.github/docs/trainers.md")))
                    .results()
                    .map(block -> block.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
