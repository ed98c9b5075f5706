pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method lora()
        by sagemaker(command('trl')) { image 'trl; rm'; instance 'g5.2xlarge'; nodes 0; volume 0.gb }
    }
    evaluate { metric loss }
}
