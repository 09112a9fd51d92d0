package org.thalweg.benchmarks.fuzz;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.thalweg.benchmarks.fuzz.Seed.Format;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.checkpoint.NumpyFile;
import org.thalweg.checkpoint.SafetensorsFile;
import org.thalweg.checkpoint.TokenizerFile;
import org.thalweg.family.Families;
import org.thalweg.family.Family;
import org.thalweg.family.SmallConfigs;
import org.thalweg.model.ModelDirectory;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ImageSize;
import org.thalweg.network.MlpConfig;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Gating;
import org.thalweg.network.moe.MoeConfig;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.symmetry.Alignment;
import org.thalweg.symmetry.AlignmentFile;
import org.thalweg.symmetry.Architecture;
import org.thalweg.symmetry.spec.ArchitectureSpec;
import org.thalweg.symmetry.spec.Conditions;

/** The readers of models and of what moves them, none of which loads libtorch. */
final class CheckpointTargets {
    private static final String WEIGHTS = "model.safetensors";
    private static final String CONFIG = "config.json";
    /** Has tensors that its network does not read, so that a directory made from the network lacks them. */
    private static final String WITH_VISION = "llama4";
    /** A model in two parts for the index to name. */
    private static final Map<String, long[]> HALF = Map.of("a", new long[] {2, 3});

    /** An architecture in which every kind of group acts. */
    private static final String EVERY_GROUP = """
            name: every-group
            spaces:
              - {name: n, group: none}
              - {name: p, group: permutation}
              - {name: s, group: signed permutation}
              - {name: o, group: orthogonal}
              - {name: c, group: centred orthogonal}
              - {name: i, group: invertible}
              - {name: h, group: rotary halves}
              - {name: q, group: rotary pairs}
              - {name: t, group: translation, over: n}
              - {name: f, group: positive scaling, over: p}
              - {name: g, group: signed scaling, over: p}
            tensors:
              - {name: w, axes: [p, n], scale: [f, 1/g]}
              - {name: v, axes: [n], shift: t}
              - {name: x, axes: [s, o]}
              - {name: y, axes: [c, i]}
              - {name: z, axes: [h, q]}
            """;

    private CheckpointTargets() {}

    static List<Target> all() {
        return List.of(safetensors(), index(), config(), vocabulary(), specification(), alignment(), numpy());
    }

    /** A safetensors file of zeros. */
    private static byte[] zeros(Map<String, long[]> shapes) {
        StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        long end = 0;
        for (Map.Entry<String, long[]> tensor : new TreeMap<>(shapes).entrySet()) {
            long start = end;
            end += 4 * Arrays.stream(tensor.getValue()).reduce(1, Math::multiplyExact);
            header.append(",\"").append(tensor.getKey()).append("\":{\"dtype\":\"F32\",\"shape\":")
                    .append(Arrays.toString(tensor.getValue())).append(",\"data_offsets\":[")
                    .append(start).append(',').append(end).append("]}");
        }
        byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Math.toIntExact(8 + text.length + end)).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length).put(text).array();
    }

    /** Shapes of the tensors that a configuration's network reads. */
    private static Map<String, long[]> shapes(ObjectNode config) {
        Family family = Families.of(config);
        return family.read(config, Set.of()).network().tensors().values().stream().collect(Collectors.toMap(
                DeclaredTensor::name, tensor -> tensor.shape().stream().mapToLong(Long::longValue).toArray()));
    }

    private static String safe(String variant) {
        return variant.replace(' ', '-').replace('.', '-');
    }

    private static Map<String, ObjectNode> configs() {
        Map<String, ObjectNode> configs = new TreeMap<>();
        SmallConfigs.variants().forEach(variant -> configs.put(safe(variant), SmallConfigs.of(variant)));
        configs.put("mlp", new MlpConfig(List.of(3, 4, 2), UnitFunction.RELU).toJson());
        configs.put("vit-moe", new VitConfig(new ImageSize(1, 4, 4), 2, 8, 2, 2, 6, 3, Optional.of(
                new VitConfig.MoeLayers(List.of(1),
                        new MoeConfig(4, new Gating.DeepSeek(2, 1), List.of(5), UnitFunction.RELU)))).toJson());
        for (String family : List.of("vit", "switch_transformers")) {
            configs.put(family, stock(family));
        }
        return configs;
    }

    /** A configuration that the stock class wrote. */
    private static ObjectNode stock(String family) {
        try (InputStream in = SmallConfigs.class.getResourceAsStream("stock/" + family + "/" + CONFIG)) {
            return (ObjectNode) new JsonMapper().readTree(in);
        } catch (IOException missing) {
            throw new IllegalStateException("a configuration is missing from the tests", missing);
        }
    }

    /** A directory of one of the small models, complete. */
    private static Path model(Path folder, String variant) throws IOException {
        Path directory = folder.resolve(variant);
        if (!Files.isDirectory(directory)) {
            ObjectNode config = configs().get(variant);
            Files.createDirectories(directory);
            Files.write(directory.resolve(WEIGHTS), zeros(shapes(config)));
            Files.writeString(directory.resolve(CONFIG), config.toString());
        }
        return directory;
    }

    private static Target safetensors() {
        List<Seed> seeds = new ArrayList<>();
        seeds.add(new Seed("file", Format.SAFETENSORS, zeros(Map.of(
                "a", new long[] {2, 3}, "b.weight", new long[] {4}, "c", new long[0]))));
        for (String variant : List.of("llama", "gpt2", "mixtral", "bert", "gpt_oss", "phi3")) {
            seeds.add(new Seed(variant, Format.SAFETENSORS, zeros(shapes(configs().get(variant)))));
        }
        return new Target("safetensors", seeds, (variant, content, folder) -> {
            if (variant.equals("file")) {
                read(Files.write(folder.resolve(WEIGHTS), content));
            } else {
                Path directory = model(folder, variant);
                Files.write(directory.resolve(WEIGHTS), content);
                ModelDirectory.open(directory);
            }
        });
    }

    private static void read(Path file) throws IOException {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            for (String name : opened.tensors().keySet()) {
                opened.give(name, _ -> { });
                opened.firstNonFinite(name);
            }
        }
    }

    private static Target index() {
        String index = "{\"metadata\":{\"total_size\":48},\"weight_map\":{\"a\":\"model-00001-of-00002.safetensors\","
                + "\"b\":\"model-00002-of-00002.safetensors\"}}";
        return new Target("index", List.of(Seed.of("two", Format.JSON, index)), (_, content, folder) -> {
            Files.writeString(folder.resolve(CONFIG), "{\"model_type\":\"own\"}");
            Files.write(folder.resolve("model-00001-of-00002.safetensors"), zeros(HALF));
            Files.write(folder.resolve("model-00002-of-00002.safetensors"), zeros(Map.of("b", new long[] {6})));
            Files.write(folder.resolve("model.safetensors.index.json"), content);
            Checkpoint.open(folder).requireFinite();
        });
    }

    private static Target config() {
        List<Seed> seeds = configs().entrySet().stream()
                .map(entry -> Seed.of(entry.getKey(), Format.JSON, entry.getValue().toString()))
                .toList();
        return new Target("config", seeds, (variant, content, folder) -> {
            Path directory = model(folder, variant);
            Files.write(directory.resolve(CONFIG), content);
            if (variant.equals(WITH_VISION)) {
                ObjectNode config = Checkpoint.open(directory).config();
                Families.of(config).read(config, Set.of());
            } else {
                ModelDirectory.open(directory);
            }
        });
    }

    /** The vocabularies that two models are compared by; texts are cut by another reader. */
    private static Target vocabulary() {
        String pieces = "{\"version\":\"1.0\",\"normalizer\":{\"type\":\"NFC\"},\"added_tokens\":[{\"id\":3,"
                + "\"content\":\"<s>\"}],\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},"
                + "\"merges\":[\"a b\",[\"ab\",\"a\"]]}}";
        String scores = "{\"added_tokens\":null,\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",-1.0],[\"b\",-2]]}}";
        return new Target("vocabulary",
                List.of(Seed.of("pieces", Format.JSON, pieces), Seed.of("scores", Format.JSON, scores)),
                (_, content, folder) -> TokenizerFile.read(Files.write(folder.resolve(TokenizerFile.NAME), content)));
    }

    private static String builtIn(String specification) throws IOException {
        try (InputStream in = ArchitectureSpec.class.getResourceAsStream(specification + ".yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Target specification() {
        List<Seed> seeds = new ArrayList<>();
        seeds.add(Seed.of("alone", Format.YAML, EVERY_GROUP));
        for (String variant : List.of(
                "llama", "gpt2", "bert", "mixtral", "gpt_oss", "phi3", "deepseek_v3", "gpt2-moe", "gemma")) {
            try {
                seeds.add(Seed.of(variant, Format.YAML,
                        builtIn(Families.of(configs().get(variant)).specification())));
            } catch (IOException missing) {
                throw new IllegalStateException("a specification is missing from the program", missing);
            }
        }
        return new Target("specification", seeds, (variant, content, folder) -> {
            Path file = Files.write(folder.resolve("own.yaml"), content);
            if (variant.equals("alone")) {
                everyGroup(ArchitectureSpec.read(file));
            } else {
                ModelDirectory.open(model(folder, variant), Optional.of(file));
            }
        });
    }

    private static Architecture everyGroup(ArchitectureSpec specification) {
        return specification.bind(
                Map.of("w", new long[] {4, 3}, "v", new long[] {3}, "x", new long[] {4, 4},
                        "y", new long[] {4, 4}, "z", new long[] {4, 4}),
                new Conditions(Set.of(), Map.of(), Map.of()));
    }

    private static Target alignment() {
        Architecture architecture = everyGroup(ArchitectureSpec.parse(EVERY_GROUP, "every-group"));
        Alignment identity = architecture.identity();
        Alignment all = identity;
        for (String space : architecture.spaces().keySet()) {
            all = all.with(space, identity.element(space));
        }
        String json = AlignmentFile.toJson(all);
        String apart = "{\"format\":\"thalweg-alignment/1\",\"architecture\":\"every-group\",\"elements\":"
                + "{\"i\":{\"invertible\":{\"tensor\":\"i\"}},\"p\":{\"permutation\":[1,0,3,2]},"
                + "\"g\":{\"signed_scaling\":[1,-2,0.5,8]}}}";
        byte[] matrix = doubles(4);
        return new Target("alignment", List.of(
                Seed.of("json", Format.JSON, json),
                Seed.of("apart", Format.JSON, apart),
                new Seed("matrix", Format.SAFETENSORS, matrix)), (variant, content, folder) -> {
                    boolean tensors = variant.equals("matrix");
                    Path file = folder.resolve("alignment.json");
                    Files.write(file, tensors ? apart.getBytes(StandardCharsets.UTF_8) : content);
                    Files.write(folder.resolve("alignment.safetensors"), tensors ? content : matrix);
                    Alignment read = AlignmentFile.read(file, architecture);
                    read.inverse().describe();
                });
    }

    /** A safetensors file with the unit matrix {@code i} [size size] in float64. */
    private static byte[] doubles(int size) {
        byte[] text = ("{\"i\":{\"dtype\":\"F64\",\"shape\":[" + size + "," + size + "],\"data_offsets\":[0,"
                + 8 * size * size + "]}}").getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + 8 * size * size).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length).put(text);
        for (int entry = 0; entry < size * size; entry++) {
            file.putDouble(entry / size == entry % size ? 1 : 0);
        }
        return file.array();
    }

    private static Target numpy() {
        List<Seed> seeds = Stream.of("<f4", ">f8", "<i8", "|u1", "<f2")
                .map(type -> new Seed(type.substring(1), Format.BYTES, matrix(type)))
                .toList();
        return new Target("npy", seeds, (_, content, folder) -> NumpyFile.readMatrix(
                Files.write(folder.resolve("cost.npy"), content),
                (rows, columns) -> new double[1], (sum, _, _, entry) -> sum[0] += entry));
    }

    private static byte[] matrix(String type) {
        int width = type.charAt(2) - '0';
        byte[] text = ("{'descr': '" + type + "', 'fortran_order': " + (width == 8 ? "True" : "False")
                + ", 'shape': (3, 2), }\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(10 + text.length + 6 * width).order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0)
                .putShort((short) text.length).put(text).array();
    }
}
