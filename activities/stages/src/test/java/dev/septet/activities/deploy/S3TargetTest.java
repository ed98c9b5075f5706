package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.deploy.AliasHistory.Target;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Sha256;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Folder;
import dev.septet.activities.store.bucket.S3Gateway;
import dev.septet.dsl.pipeline.deploy.S3Spec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The contract on a real S3-compatible server. */
class S3TargetTest extends TargetContractTest {
    @TempDir
    static Path folder;

    private static S3Gateway gateway;
    private static S3Client client;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        gateway = S3Gateway.start(folder);
        client = gateway.client();
    }

    @AfterAll
    static void stop() {
        client.close();
        gateway.close();
    }

    @Override
    protected TargetSpec spec() {
        return new S3Spec("s3://models/out", null, null);
    }

    @Override
    protected TargetPlace place(String name, Kill kill) {
        ExecutionInterceptor killing = new ExecutionInterceptor() {
            @Override
            public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
                kill.before();
            }
        };
        return new VersionBucket(
                new S3Folder(gateway.client(killing), S3Address.of("s3://" + S3Gateway.BUCKET + "/" + prefix(name))));
    }

    @Override
    protected void soil(String name) {
        client.putObject(
                request -> request.bucket(S3Gateway.BUCKET).key(prefix(name) + "/notes.txt"),
                RequestBody.fromString("mine"));
    }

    @Override
    protected void damage(String name, String version) {
        String key = prefix(name) + "/versions/" + version + "/model/config.json";
        client.putObject(request -> request.bucket(S3Gateway.BUCKET).key(key), RequestBody.fromString("short"));
    }

    @Override
    protected Map<String, String> contents(String name, String version) {
        String start = prefix(name) + "/versions/" + version + "/";
        Map<String, String> contents = new TreeMap<>();
        for (S3Object object : client.listObjectsV2Paginator(
                        request -> request.bucket(S3Gateway.BUCKET).prefix(start))
                .contents()) {
            contents.put(
                    object.key().substring(start.length()),
                    Sha256.of(client.getObjectAsBytes(
                                    request -> request.bucket(S3Gateway.BUCKET).key(object.key()))
                            .asByteArray()));
        }
        return contents;
    }

    @Test
    void sendsItsKeysOnlyToServersThatTheOperatorNamed() throws IOException {
        String endpoint = "http://127.0.0.1:" + gateway.port();
        Target target = new Target("s3", "s3://models/named", endpoint, "us-east-1");
        Map<String, String> environment = new TreeMap<>(gateway.environment());
        assertThat(new TargetPlaces(new Disk(), environment).open(target).versions())
                .isEmpty();
        environment.remove("AWS_ENDPOINT_URL");
        assertThatThrownBy(() -> new TargetPlaces(new Disk(), environment).open(target))
                .hasMessageContaining("sends its keys to no server but those its operator named")
                .hasMessageContaining("SEPTET_S3_ENDPOINTS");
        environment.put("SEPTET_S3_ENDPOINTS", "https://other, " + endpoint + "/");
        assertThat(new TargetPlaces(new Disk(), environment).open(target).versions())
                .isEmpty();
    }

    private String prefix(String name) {
        return temp.getFileName() + "/" + name;
    }
}
