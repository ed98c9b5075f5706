pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train      { method lora() }
    evaluate   { metric humanWinRate(votes: 'votes.jsonl', against: baseline) }
    deploy {
        quantize q8_0
        target directory('models/tuned')
        exam maxDrop: 2.percent
    }
}
