pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method lora()
        by sagemaker(command('trl')) { gpus 4 }
    }
    evaluate { metric loss }
}
