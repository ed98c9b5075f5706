pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train      { method lora() }
    evaluate   { metric loss; benchmark 'benchmarks/days.yaml' }
    deploy {
        quantize q8_0
        target directory('models/tuned')
        exam maxDrop: 2.percent, on: 'benchmark'
        exam maxDrop: 2.percent, on: 'safety'
    }
}
