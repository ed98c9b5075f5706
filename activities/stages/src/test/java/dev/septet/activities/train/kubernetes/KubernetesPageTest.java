package dev.septet.activities.train.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.train.command.DeclaredTrainers;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifests and the declaration of the page trainers.md. */
class KubernetesPageTest {
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    /** What the page's roles of these names allow, such as {@code get batch/jobs}. */
    static Set<String> allowed(String... roles) {
        List<String> names = List.of(roles);
        return Stream.concat(
                        manifests(Role.class)
                                .filter(role ->
                                        names.contains(role.getMetadata().getName()))
                                .flatMap(role -> role.getRules().stream()),
                        manifests(ClusterRole.class)
                                .filter(role ->
                                        names.contains(role.getMetadata().getName()))
                                .flatMap(role -> role.getRules().stream()))
                .flatMap(rule -> rule.getApiGroups().stream()
                        .flatMap(group -> rule.getResources().stream()
                                .flatMap(resource -> rule.getVerbs().stream()
                                        .map(verb -> "%s %s/%s".formatted(verb, group, resource)))))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theRolesAreBoundAndTheClaimIsShared() {
        assertThat(manifests(Role.class).map(role -> role.getMetadata().getName()))
                .containsExactlyElementsOf(manifests(RoleBinding.class)
                        .map(binding -> binding.getRoleRef().getName())
                        .toList());
        assertThat(manifests(ClusterRole.class).map(role -> role.getMetadata().getName()))
                .containsExactlyElementsOf(manifests(ClusterRoleBinding.class)
                        .map(binding -> binding.getRoleRef().getName())
                        .toList());
        assertThat(Stream.of(Role.class, RoleBinding.class)
                        .flatMap(KubernetesPageTest::manifests)
                        .map(one -> one.getMetadata().getNamespace())
                        .distinct())
                .hasSize(1);
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
        String trainJob = blocks().filter(block -> block.startsWith("  trainJob:"))
                .findFirst()
                .orElseThrow();
        String section = blocks().filter(block -> block.startsWith("kubernetes:"))
                .findFirst()
                .orElseThrow();
        Files.writeString(file, "trainers: {trl: {command: [python3, /opt/trl/train.py]}}\n" + section + trainJob);
        KubernetesCluster cluster = DeclaredTrainers.kubernetes(file);
        assertThat(cluster.runtime()).isEqualTo(new KubeflowRuntime(KubeflowRuntime.SHARED, "torch-distributed"));
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

    static <T extends HasMetadata> Stream<T> manifests(Class<T> kind) {
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
