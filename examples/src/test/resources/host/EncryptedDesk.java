import com.google.protobuf.ByteString;

import dev.septet.workers.*;
import dev.septet.workflows.*;

import io.temporal.activity.*;
import io.temporal.api.common.v1.Payload;
import io.temporal.client.*;
import io.temporal.common.converter.*;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.payload.codec.*;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.worker.*;
import io.temporal.workflow.*;

import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.*;
import java.util.*;
import javax.crypto.Cipher;
import javax.crypto.spec.*;

/**
 * A shop's program with an encrypting codec, activities and a logging back end of its own. Words: plain|aes serve LIGHT|ALL STATE
 * PIPELINES, plain|aes start PIPELINE SECRET, plain|aes result PIPELINE.
 */
public class EncryptedDesk {
    @WorkflowInterface
    public interface CloseOfDay {
        @WorkflowMethod(name = "CloseOfDay")
        String close(Instant day, String pipeline, String secret);
    }

    @ActivityInterface
    public interface Books {
        Entry enter(Instant day, Optional<String> note);
    }

    public record Entry(Instant at, Optional<String> note) {}

    public static class BooksImpl implements Books {
        public Entry enter(Instant day, Optional<String> note) {
            return new Entry(day, note);
        }
    }

    public static class CloseOfDayImpl implements CloseOfDay {
        public String close(Instant day, String pipeline, String secret) {
            var books =
                    Workflow.newActivityStub(
                            Books.class,
                            ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofMinutes(1)).build());
            var entry = books.enter(day, Optional.of(secret + "x".repeat(300 * 1024)));
            var options =
                    ChildWorkflowOptions.newBuilder().setTaskQueue(TaskQueues.LIGHT).setWorkflowId(pipeline).build();
            var child = Workflow.newChildWorkflowStub(PipelineWorkflow.class, options);
            var report = child.run(new PipelineRequest(pipeline, Map.of("label", secret), null, null));
            return "%s is closed; %d characters; %s; model %s"
                    .formatted(entry.at(), entry.note().orElseThrow().length(), secret, report.deployment().artifact().sha256());
        }
    }

    /** The shop's own encryption; what is not encrypted passes. */
    static class Aes implements PayloadCodec {
        private final SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");

        public List<Payload> encode(List<Payload> payloads) {
            return payloads.stream()
                    .map(
                            plain -> {
                                var nonce = new byte[12];
                                new java.security.SecureRandom().nextBytes(nonce);
                                return Payload.newBuilder()
                                        .putMetadata("encoding", ByteString.copyFromUtf8("binary/shop"))
                                        .putMetadata("nonce", ByteString.copyFrom(nonce))
                                        .setData(ByteString.copyFrom(run(Cipher.ENCRYPT_MODE, nonce, plain.toByteArray())))
                                        .build();
                            })
                    .toList();
        }

        public List<Payload> decode(List<Payload> payloads) {
            return payloads.stream()
                    .map(
                            sent -> {
                                if (!sent.getMetadataOrThrow("encoding").toStringUtf8().equals("binary/shop")) {
                                    return sent;
                                }
                                try {
                                    var nonce = sent.getMetadataOrThrow("nonce").toByteArray();
                                    return Payload.parseFrom(run(Cipher.DECRYPT_MODE, nonce, sent.getData().toByteArray()));
                                } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                                    throw new PayloadCodecException(e);
                                }
                            })
                    .toList();
        }

        private byte[] run(int mode, byte[] nonce, byte[] bytes) {
            try {
                var cipher = Cipher.getInstance("AES/GCM/NoPadding");
                cipher.init(mode, key, new GCMParameterSpec(128, nonce));
                return cipher.doFinal(bytes);
            } catch (java.security.GeneralSecurityException e) {
                throw new PayloadCodecException(e);
            }
        }
    }

    public static void main(String[] words) throws Exception {
        var profile = ClientConfigProfile.load();
        var stubs = WorkflowServiceStubs.newServiceStubs(profile.toWorkflowServiceStubsOptions());
        var options = WorkflowClientOptions.newBuilder(profile.toWorkflowClientOptions());
        if (words[0].equals("aes")) {
            options.setDataConverter(
                    new CodecDataConverter(DefaultDataConverter.newDefaultInstance(), List.of(new Aes()), true));
        }
        if (words[1].equals("serve")) {
            var role = Role.valueOf(words[2]);
            var settings = WorkerSettings.of(role, new StateFolder(Path.of(words[3])), List.of(Path.of(words[4])));
            var client = WorkflowClient.newInstance(stubs, options.setPlugins(SeptetPlugin.of(settings)).build());
            var factory = WorkerFactory.newInstance(client);
            var own = factory.newWorker("orders");
            own.registerWorkflowImplementationTypes(CloseOfDayImpl.class);
            own.registerActivitiesImplementations(new BooksImpl());
            factory.newWorker(TaskQueues.LIGHT);
            if (role.training()) {
                factory.newWorker(TaskQueues.TRAINING);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(factory::shutdown));
            factory.start();
            LoggerFactory.getLogger("shop.Desk").info("the desk is open");
            return;
        }
        var client = WorkflowClient.newInstance(stubs, options.build());
        if (words[1].equals("start")) {
            var start = WorkflowOptions.newBuilder().setTaskQueue("orders").setWorkflowId("close-" + words[2]).build();
            var desk = client.newWorkflowStub(CloseOfDay.class, start);
            WorkflowClient.start(desk::close, Instant.parse("2026-11-27T18:00:00Z"), words[2], words[3]);
        } else {
            System.out.println(client.newUntypedWorkflowStub("close-" + words[2]).getResult(String.class));
        }
        System.exit(0);
    }
}
