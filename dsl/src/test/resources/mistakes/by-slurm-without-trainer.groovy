pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method lora()
        by slurm { partition 'gpu' }
    }
    evaluate { metric loss }
}
