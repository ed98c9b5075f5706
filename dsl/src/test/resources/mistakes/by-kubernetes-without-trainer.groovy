pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method lora()
        by kubernetes { image 'trl' }
    }
    evaluate { metric loss }
}
