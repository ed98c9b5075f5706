package dev.septet.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an archive ships beside libraries of Maven. */
class BillOfMaterialsTest {
    private static final BillOfMaterials.TemporalCli CLI =
            new BillOfMaterials.TemporalCli("1.9.1", "0123456789abcdef".repeat(4));
    private static final String GPL = "The GNU General Public License (GPL)\n\nVersion 2, June 1991\n";

    @TempDir
    private Path folder = Path.of("");

    private Path sbom = Path.of("");
    private Path runtime = Path.of("");

    @BeforeEach
    void write() throws IOException {
        sbom = Files.writeString(folder.resolve("sbom.json"), """
            {"bomFormat": "CycloneDX", "metadata": {"component": {"bom-ref": "whole"}},
             "components": [{"bom-ref": "a", "group": "org.a", "name": "a", "version": "1", "licenses": [{"license": {"id": "MIT"}}]}],
             "dependencies": [{"ref": "whole", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": []}]}
            """);
        runtime = folder.resolve("runtime");
        Files.createDirectories(runtime.resolve("legal/java.base"));
        Files.createDirectories(runtime.resolve("lib"));
        Files.writeString(runtime.resolve("lib/modules"), "modules");
        Files.writeString(runtime.resolve("release"), "JAVA_VERSION=\"17.0.15\"\nMODULES=\"java.base\"\n");
        Files.writeString(runtime.resolve("legal/java.base/LICENSE"), GPL + "\"CLASSPATH\" EXCEPTION TO THE GPL\n");
    }

    @Test
    void namesTheJavaRuntimeAndTheTemporalCli() throws IOException {
        BillOfMaterials.complete(sbom, runtime, CLI);

        JsonNode bill = new ObjectMapper().readTree(sbom.toFile());
        assertThat(bill.path("components")).hasSize(3);
        JsonNode java = bill.at("/components/1");
        assertThat(java.path("name").asText()).isEqualTo("openjdk");
        assertThat(java.path("version").asText()).isEqualTo("17.0.15");
        assertThat(java.at("/properties/0/value").asText())
                .as("sha256 of runtime/lib/modules")
                .isEqualTo("fbc6c1d4c3b6db8fb54278582eb1d965ed644e97509e130346ae130da5406cb3");
        JsonNode cli = bill.at("/components/2");
        assertThat(cli.path("purl").asText()).isEqualTo("pkg:golang/github.com/temporalio/cli@v1.9.1");
        assertThat(cli.at("/hashes/0/alg").asText()).isEqualTo("SHA-256");
        assertThat(cli.at("/hashes/0/content").asText()).isEqualTo(CLI.sha256());
        assertThat(bill.at("/dependencies/0/dependsOn")).hasSize(3);
        assertThat(bill.path("dependencies")).hasSize(4);
        assertThat(ThirdParty.lines(sbom))
                .containsExactly(
                        "github.com/temporalio/cli 1.9.1: MIT",
                        "openjdk 17.0.15: GPL-2.0-only WITH Classpath-exception-2.0",
                        "org.a:a 1: MIT");
    }

    @Test
    void hasTheSameBytesEachTime() throws IOException {
        BillOfMaterials.complete(sbom, runtime, CLI);
        String first = Files.readString(sbom);
        BillOfMaterials.complete(sbom, runtime, CLI);

        assertThat(sbom).hasContent(first);
        assertThat(first).doesNotContain("\r").endsWith("}\n");
    }

    @Test
    void refusesARuntimeWithAnotherLicence() throws IOException {
        Files.writeString(runtime.resolve("legal/java.base/LICENSE"), "Oracle No-Fee Terms and Conditions");
        assertThatThrownBy(() -> BillOfMaterials.complete(sbom, runtime, CLI))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not OpenJDK's licence");
        Files.writeString(runtime.resolve("release"), "MODULES=\"java.base\"\n");
        assertThatThrownBy(() -> BillOfMaterials.complete(sbom, runtime, CLI)).hasMessageContaining("no JAVA_VERSION");
    }

    @Test
    void bringsTheLicenceOfTheTemporalCli() throws IOException {
        ArchiveParts.licence(folder.resolve("licenses/temporal-cli-1.9.1"));

        assertThat(folder.resolve("licenses/temporal-cli-1.9.1/LICENSE"))
                .content()
                .startsWith("The MIT License")
                .contains("Temporal Technologies Inc.");
    }
}
