pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train      { method lora() }
    evaluate   { metric judge(model('models/judge'), rubric: 'data/rubric.txt', tokens: 1000) }
    deploy {
        quantize q8_0
        target directory('models/tuned')
        exam maxDrop: 2.percent
    }
}
