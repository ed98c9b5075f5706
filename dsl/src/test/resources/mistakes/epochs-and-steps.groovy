pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train {
        method lora()
        epochs 3
        steps 200
    }
}
