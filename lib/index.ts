export * as tf from './tf';
