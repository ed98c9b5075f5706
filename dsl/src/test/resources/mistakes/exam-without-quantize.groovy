pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train      { method lora() }
    deploy {
        target directory('models/tuned')
        exam maxDrop: 2.percent
    }
}
