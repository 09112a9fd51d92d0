package org.thalweg.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.thalweg.checkpoint.Checkpoint;
import org.thalweg.data.EmbeddedFashionMnist;
import org.thalweg.data.ImageData;
import org.thalweg.family.VitFamily;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.vit.Vit;
import org.thalweg.network.vit.VitConfig;
import org.thalweg.storage.DurableFile;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Gradients;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Scope;
import org.thalweg.tensor.Tensor;
import org.thalweg.training.ImageExamples;
import org.thalweg.training.Standardisation;

/**
 * Writes the costs of matching hidden units of really trained experts as {@code .npy} files (float32, to be
 * minimised): from weights (the negated inner products of Paper A's second step) and from activations (the negated
 * correlations over test images). Arguments: the run of {@code wide-experts.yaml} and the directory to write into.
 */
public final class TrainedCosts {
    private static final int IMAGES = 2000;
    private static final String EXPERT = VitFamily.moePrefix(0) + ".experts.0.dense.";

    private TrainedCosts() {}

    /**
     * Writes one file of each kind for each pair of replicas that differ in nothing but their seed.
     *
     * @param arguments the run's directory, the output directory
     * @throws java.io.IOException when the run cannot be read
     */
    public static void main(String[] arguments) throws java.io.IOException {
        Path models = Path.of(arguments[0]).resolve("artifacts").resolve("finetune");
        Path out = Path.of(arguments[1]);
        ImageData data = new EmbeddedFashionMnist().load();
        ImageExamples examples = new ImageExamples(data.test(), Standardisation.of(data.train()));
        List<Path> replicas;
        try (Stream<Path> found = Files.list(models)) {
            replicas = found.filter(path -> path.getFileName().toString().contains("-r0-")).sorted().toList();
        }
        for (Path first : replicas) {
            String name = first.getFileName().toString();
            String twin = name.substring(0, name.lastIndexOf("-r0-")) + "-r1-";
            try (Scope scope = Scope.open(); Stream<Path> found = Files.list(models)) {
                Path second = found.filter(path -> path.getFileName().toString().startsWith(twin))
                        .findFirst().orElseThrow();
                write(Checkpoint.open(first), Checkpoint.open(second), examples, out);
            }
        }
    }

    private static void write(Checkpoint first, Checkpoint second, ImageExamples examples, Path out) {
        Vit network = VitFamily.network(first.config());
        Parameters a = first.load();
        Parameters b = second.load();
        Tensor weights = weights(a).matmul(weights(b).transpose(0, 1)); // [hidden hidden]
        Tensor unitsA = activations(network, a, examples); // [images hidden]
        Tensor unitsB = activations(network, b, examples);
        Tensor correlation = unitsA.transpose(0, 1).matmul(unitsB); // [hidden hidden]
        long hidden = weights.length(0);
        writeMatrix(out.resolve("trained-weights-" + hidden + ".npy"), weights.multiply(-1));
        writeMatrix(out.resolve("trained-activations-" + hidden + ".npy"), correlation.multiply(-1));
    }

    /** Each unit's incoming weights, bias and outgoing weights: [hidden residual+1+residual]. */
    private static Tensor weights(Parameters model) {
        return Tensor.concatenate(
                List.of(
                        model.get(EXPERT + "0.weight"),
                        model.get(EXPERT + "0.bias").unsqueeze(1),
                        model.get(EXPERT + "1.weight").transpose(0, 1)),
                1);
    }

    /** Each unit's activation over the test images' class tokens, centred and of length 1: [images hidden]. */
    private static Tensor activations(Vit network, Parameters model, ImageExamples examples) {
        return Gradients.without(() -> {
            Tensor images = examples.inputs(java.util.stream.IntStream.range(0, IMAGES).toArray());
            Tensor stream = network.run(model, images, 0, 2).select(1, 0); // [images residual]
            String norm = "vit.encoder.layer.0.layernorm_after";
            Tensor read = Functions.layerNorm(
                    stream, model.get(norm + ".weight"), model.get(norm + ".bias"), VitConfig.Details.USUAL.epsilon());
            Tensor units = UnitFunction.GELU.apply(Functions.linear(
                    read, model.get(EXPERT + "0.weight"), Optional.of(model.get(EXPERT + "0.bias"))));
            Tensor centred = units.subtract(units.mean(0, true));
            Tensor squares = centred.multiply(centred).sum(0, true).add(1e-12);
            return centred.divide(squares.sqrt());
        });
    }

    private static void writeMatrix(Path file, Tensor matrix) {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + matrix.length(0) + ", "
                + matrix.length(1) + "), }";
        int padded = Math.ceilDiv(10 + header.length() + 1, 64) * 64;
        byte[] text = (header + " ".repeat(padded - 10 - header.length() - 1) + "\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
        DurableFile.write(file, out -> {
            out.write(magic);
            out.write(ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort((short) text.length).array());
            out.write(text);
            for (long row = 0; row < matrix.length(0); row++) {
                try (Scope scope = Scope.open()) {
                    ByteBuffer bytes = ByteBuffer.allocate((int) matrix.length(1) * 4).order(ByteOrder.LITTLE_ENDIAN);
                    bytes.asFloatBuffer().put(matrix.select(0, row).toFloats());
                    out.write(bytes.array());
                }
            }
        });
        System.out.println(file);
    }
}
