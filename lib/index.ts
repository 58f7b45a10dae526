/** The public surface of the course, one line per export. */
export * as tf from './tf';
export {seedEverything, RandomStream} from './random';
export {
  adam,
  adamW,
  compileFunction,
  compileStep,
  RecordingError,
  rmsProp,
  sgd,
  type Optimizer,
} from './compile';
export {loadMnist} from './data/mnist';
export {fashionMnistClasses, loadFashionMnist} from './data/fashion-mnist';
export {loadMobyDick, type Book} from './data/moby-dick';
export {CharacterTokenizer, WordTokenizer, type Tokenizer} from './data/tokenizer';
export {maskTokens, windows} from './data/tokens';
export {readIdx} from './data/idx';
export {readNpy, type NpyArray} from './data/npy';
export {readNpz} from './data/npz';
export {benchmarkMalignantRows, isPresent, tableFile} from './data/labelled-table';
export {
  blocks,
  blur,
  gaussianNoise,
  masking,
  saltAndPepper,
  type Corruption,
  type Level,
  type NamedCorruption,
} from './data/corruption';
export {
  loadMedical,
  loadNslKdd,
  loadSensors,
  SECONDS_PER_READING,
  type LabelledRows,
  type SensorReadings,
} from './data/anomaly-tables';
export {slidingWindows} from './data/series';
export {firstOfEach, labelledImages, take, type LabelledImages} from './data/images';
export {oneHot, withLabels, withoutLabels} from './data/labels';
export {balancedDraw, splitExamples} from './data/split';
export {
  allBinaryImages,
  pointsOnHelix,
  pointsOnLine,
  ringOfGaussians,
  swissRoll,
  type ToyManifold,
} from './data/toy';
export {binarized} from './data/binarization';
export {randomShift, type Augmentation} from './data/augmentation';
export {deformation} from './data/deformation';
export {inBatches} from './data/batches';
export {formatCsv, parseCsv, readCsv, writeCsv, type CsvOptions} from './data/tables/csv';
export {cellText, column, selectRows, withoutColumns, type Column, type Table} from './data/tables/table';
export {TableEncoder, type TableEncoderOptions} from './data/tables/table-encoder';
export {dataFrame, describeTable, showTable} from './data/tables/frame';
export {Dense, denseStack} from './layers/dense';
export {Convolution, convolutionStack, TransposedConvolution, transposedStack} from './layers/convolution';
export {mirroredMaps, mirroredStacks, type NetworkShape} from './layers/mirrored';
export {gumbelNoise, gumbelSoftmax} from './layers/gumbel-softmax';
export {stopGradient, straightThrough} from './layers/straight-through';
export {VectorQuantizer, type Quantizer, type VectorQuantizerConfig} from './layers/vector-quantizer';
export {ScalarQuantizer} from './layers/scalar-quantizer';
export {CausalLayer} from './layers/causal-convolution';
export {LayerNorm} from './layers/layer-norm';
export {attend, causal, SelfAttention} from './layers/attention';
export {TransformerEncoder, type TransformerConfig} from './layers/transformer';
export {gaussianKl, gaussianLogDensity, reparameterized} from './losses/gaussian';
export {bernoulliNll, gaussianNll, squaredError} from './losses/reconstruction';
export {
  reconstruct,
  type Autoencoder,
  type Codec,
  type LossTerms,
  type Trainable,
} from './models/autoencoder';
export {DenseAutoencoder, type DenseAutoencoderConfig} from './models/dense-autoencoder';
export {
  ConvolutionalAutoencoder,
  type ConvolutionalAutoencoderConfig,
} from './models/convolutional-autoencoder';
export {VectorQuantizedAutoencoder, type VectorQuantizedAutoencoderConfig} from './models/vq-vae';
export {VariationalAutoencoder, type VariationalAutoencoderConfig} from './models/variational-autoencoder';
export {Gan, type GanConfig} from './models/gan';
export {Classifier, type ClassifierConfig} from './models/classifier';
export {DeepSvdd, type DeepSvddConfig} from './models/deep-svdd';
export {augmented} from './models/augmented';
export {BinaryAutoencoder, type BinaryAutoencoderConfig} from './models/binary-autoencoder';
export {CategoricalAutoencoder, type CategoricalAutoencoderConfig} from './models/categorical-autoencoder';
export {neighbouring} from './models/neighbouring';
export {denoising} from './models/denoising';
export {MaskedLanguageModel, type MaskedLanguageModelConfig} from './models/masked-language-model';
export {SymbolPrior, type SymbolPriorConfig} from './models/symbol-prior';
export {Pca} from './models/pca';
export {GaussianMixture, type GaussianMixtureOptions} from './models/gaussian-mixture';
export {iterativeQuantization, pcaSigns, randomProjections, type BinaryEncoder} from './models/hashing';
export {KMeans, type KMeansOptions} from './models/k-means';
export {
  gaussianFilter,
  linearEstimator,
  meanFilter,
  medianFilter,
  pcaProjection,
  unfiltered,
  wienerFilter,
  type Restorer,
} from './models/filters';
export {NGram, type Filler} from './models/n-gram';
export {CountFiller} from './models/count-filler';
export {evaluate} from './train/evaluation';
export {fit, stopTraining, type FitOptions} from './train/fit';
export {type History} from './train/history';
export {loadCheckpoint, saveCheckpoint} from './train/checkpoint';
export {mse, psnr, reconstructionSse, sse, sseEach} from './metrics/reconstruction';
export {ssim} from './metrics/ssim';
export {negativeLogLikelihood} from './metrics/likelihood';
export {fillingScore} from './metrics/filling';
export {countedBits, deadSymbols, perplexity, rawBits, symbolCounts} from './metrics/symbols';
export {tuned} from './metrics/tuned';
export {intrinsicDimension, principalAngles} from './metrics/geometry';
export {
  nearestNeighbours,
  neighboursAndDistances,
  sharedNeighbours,
  type Neighbours,
} from './metrics/neighbours';
export {nearestTraining, precisionRecall, shareSure} from './metrics/samples';
export {nearestCentroidAccuracy, nearestNeighboursAccuracy, type LabelledCodes} from './metrics/read-out';
export {LinearReadOut, linearReadOutAccuracy} from './metrics/linear-read-out';
export {frechetDistance, frechetDistanceOfGaussians} from './metrics/frechet';
export {hammingNeighbours, packBits, precisionAt, type PackedCodes} from './metrics/hamming';
export {clusterAccuracy, normalisedMutualInformation} from './metrics/clusters';
export {auroc, averagePrecision, falseAlarmsAt, rocCurve} from './metrics/detection';
export {bootstrapInterval, type BootstrapOptions} from './metrics/bootstrap';
export {eventReport, eventsOf, type EventReport, type Span} from './metrics/events';
export {type DetectionMethod, type Detector} from './detection/detector';
export {detectionMethods, fitDetector, restoreDetector} from './detection/methods';
export {AutoencoderDetector, type AutoencoderDetectorOptions} from './detection/autoencoder-detector';
export {VaeDetector, type VaeDetectorOptions} from './detection/vae-detector';
export {SvddDetector, type SvddDetectorOptions} from './detection/svdd-detector';
export {PcaDetector, type PcaDetectorOptions} from './detection/pca-detector';
export {Mahalanobis, type MahalanobisOptions} from './detection/mahalanobis';
export {NearestNeighbours, type NearestNeighboursOptions} from './detection/nearest-neighbours';
export {IsolationForest, type IsolationForestOptions} from './detection/isolation-forest';
export {Ecod, type EcodOptions} from './detection/ecod';
export {
  benjaminiHochberg,
  conformalPValues,
  conformalThreshold,
  falseAlarmSpread,
} from './detection/conformal';
export {
  TableDetector,
  type JudgeOptions,
  type TableDetectorOptions,
  type Verdict,
} from './detection/table-detector';
export {barChart, type Bar} from './plot/bars';
export {lineChart, type Line} from './plot/lines';
export {scoreMap, type ScoreMapOptions} from './plot/score-map';
export {scoreHistogram, type ScoreGroup} from './plot/score-histogram';
export {matrix} from './plot/matrix';
export {vectorField} from './plot/field';
export {scatterByLabel} from './plot/scatter';
export {errorByCodeSize, lossCurve} from './plot/curves';
export {imageGrid, reconstructions} from './plot/image-grid';
export {figure, type Figure} from './plot/figure';
export {save as saveFigure, show as showFigure} from './plot/show';
export {startLesson, type Lesson} from './lesson/lesson';
export {storedValues} from './lesson/results';
